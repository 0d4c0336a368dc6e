"""The old c is forgotten.

task: ps6-lstm-tests
message: old c
"""


# %% ps6-lstm
def lstm_step(x, h, c, weight, bias):
    gates = torch.cat([x, h], dim=1) @ weight + bias
    enter, forget, candidate, show = gates.chunk(4, dim=1)
    c =   torch.sigmoid(enter) * torch.tanh(candidate)
    return torch.sigmoid(show) * torch.tanh(c), c
