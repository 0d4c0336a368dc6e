"""Splits W after H rows, which is right only where there are as many inputs as cells.

task: ps6-lstm-tests
message: must not raise
"""


# %% ps6-lstm
def lstm_step(x, h, c, weight, bias):
    H = h.shape[1]
    gates = x @ weight[:H] + h @ weight[H:] + bias
    i, f, g, o = gates[:, :H], gates[:, H : 2 * H], gates[:, 2 * H : 3 * H], gates[:, 3 * H :]
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c
