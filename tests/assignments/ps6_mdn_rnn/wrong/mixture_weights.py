"""The weights themselves.

task: ps6-mixture-tests
message: logarithms were asked for
"""


# %% ps6-mixture
def mixture(raw, components):
    logits, mean, log_std = raw.view(len(raw), 3, -1, components).unbind(dim=1)
    return logits.softmax(dim=2), mean, log_std.exp()
