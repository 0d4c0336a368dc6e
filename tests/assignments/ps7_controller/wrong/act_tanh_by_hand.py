"""tanh as (e^2x - 1) / (e^2x + 1): infinity by infinity where the sum is large.

task: ps7-act-tests
message: use torch.tanh
"""


# %% ps7-act
def act(parameters, z, h):
    features = torch.cat([z, h], dim=1)
    W, b = parameters[:-3].reshape(-1, 3), parameters[-3:]
    e = torch.exp(2 * (features @ W + b))
    u = (e - 1) / (e + 1)
    return torch.stack([u[:, 0], (u[:, 1] + 1) / 2, torch.clamp(u[:, 2], min=0)], dim=1)
