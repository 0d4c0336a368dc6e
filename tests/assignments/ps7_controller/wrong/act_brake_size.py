"""The brake is the size of u3: a negative number brakes as hard as a positive one.

task: ps7-act-tests
message: size of u3
"""


# %% ps7-act
def act(parameters, z, h):
    u = torch.tanh(torch.cat([z, h], dim=1) @ parameters[:-3].reshape(-1, 3) + parameters[-3:])
    return torch.stack([u[:, 0], (u[:, 1] + 1) / 2, u[:, 2].abs()], dim=1)
