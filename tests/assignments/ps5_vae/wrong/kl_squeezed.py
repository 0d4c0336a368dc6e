"""Squeezes the result: a batch of one row loses its axis.

task: ps5-kl-tests
message: one number for each row
"""


# %% ps5-kl
def kl(features):
    mean, log_variance = features.chunk(2, dim=1)
    each = mean.pow(2) + log_variance.exp() - 1 - log_variance
    return 0.5 * each.sum(dim=1, keepdim=True).squeeze()
