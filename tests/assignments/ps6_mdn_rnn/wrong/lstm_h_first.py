"""h comes before x.

task: ps6-lstm-tests
message: h comes before x
"""


# %% ps6-lstm
def lstm_step(x, h, c, weight, bias):
    gates = torch.cat([h, x], dim=1) @ weight + bias
    enter, forget, candidate, show = gates.chunk(4, dim=1)
    c = torch.sigmoid(forget) * c + torch.sigmoid(enter) * torch.tanh(candidate)
    return torch.sigmoid(show) * torch.tanh(c), c
