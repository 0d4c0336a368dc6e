"""Means and standard deviations change places.

task: ps6-mixture-tests
message: swapped
"""


# %% ps6-mixture
def mixture(raw, components):
    logits, log_std, mean = raw.view(len(raw), 3, -1, components).unbind(dim=1)
    return logits.log_softmax(dim=2), mean, log_std.exp()
