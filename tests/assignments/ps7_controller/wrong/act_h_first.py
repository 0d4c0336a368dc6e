"""h comes before z.

task: ps7-act-tests
message: h comes before z
"""


# %% ps7-act
def act(parameters, z, h):
    weight, bias = parameters[:-3].view(-1, 3), parameters[-3:]
    u = torch.tanh(torch.cat([h, z], dim=1) @ weight + bias)
    return torch.stack([u[:, 0], (u[:, 1] + 1) / 2, u[:, 2].clamp(min=0)], dim=1)
