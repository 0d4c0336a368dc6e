"""Gas and brake from -1 to 1.

task: ps7-act-tests
message: all three are tanh
"""


# %% ps7-act
def act(parameters, z, h):
    weight, bias = parameters[:-3].view(-1, 3), parameters[-3:]
    u = torch.tanh(torch.cat([z, h], dim=1) @ weight + bias)
    return torch.stack([u[:, 0], u[:, 1], u[:, 2]], dim=1)
