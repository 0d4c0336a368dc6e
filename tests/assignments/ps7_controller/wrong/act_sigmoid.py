"""Gas and brake through sigmoid.

task: ps7-act-tests
message: sigmoid
"""


# %% ps7-act
def act(parameters, z, h):
    weight, bias = parameters[:-3].view(-1, 3), parameters[-3:]
    raw = (torch.cat([z, h], dim=1) @ weight + bias)
    return torch.stack([raw[:, 0].tanh(), raw[:, 1].sigmoid(), raw[:, 2].sigmoid()], dim=1)
