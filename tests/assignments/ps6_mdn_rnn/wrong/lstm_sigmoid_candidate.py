"""The candidate goes through sigmoid.

task: ps6-lstm-tests
message: candidate goes through sigmoid
"""


# %% ps6-lstm
def lstm_step(x, h, c, weight, bias):
    gates = torch.cat([x, h], dim=1) @ weight + bias
    enter, forget, candidate, show = gates.chunk(4, dim=1)
    c = torch.sigmoid(forget) * c + torch.sigmoid(enter) * torch.sigmoid(candidate)
    return torch.sigmoid(show) * torch.tanh(c), c
