"""c is shown as it is.

task: ps6-lstm-tests
message: pass through tanh
"""


# %% ps6-lstm
def lstm_step(x, h, c, weight, bias):
    gates = torch.cat([x, h], dim=1) @ weight + bias
    enter, forget, candidate, show = gates.chunk(4, dim=1)
    c = torch.sigmoid(forget) * c + torch.sigmoid(enter) * torch.tanh(candidate)
    return torch.sigmoid(show) * c, c
