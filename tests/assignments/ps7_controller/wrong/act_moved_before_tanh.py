"""The gas is moved to [0, 1] before the tanh, not after it.

task: ps7-act-tests
message: moved before tanh
"""


# %% ps7-act
def act(parameters, z, h):
    raw = torch.cat([z, h], dim=1) @ parameters[:-3].reshape(-1, 3) + parameters[-3:]
    moved = torch.stack([raw[:, 0], (raw[:, 1] + 1) / 2, torch.relu(raw[:, 2])], dim=1)
    return torch.tanh(moved)
