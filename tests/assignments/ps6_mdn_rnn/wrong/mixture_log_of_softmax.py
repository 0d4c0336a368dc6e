"""Takes the logarithm of a softmax: an unlikely component's weight underflows to ln 0.

task: ps6-mixture-tests
message: never leaves the logarithms
"""


# %% ps6-mixture
def mixture(raw, components):
    logits, mean, log_std = raw.reshape(len(raw), 3, -1, components).unbind(1)
    return torch.softmax(logits, dim=-1).log(), mean, log_std.exp()
