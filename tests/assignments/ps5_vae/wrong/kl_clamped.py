"""The variance is kept from being small.

task: ps5-kl-tests
message: narrow
"""


# %% ps5-kl
def kl(features):
    mean, log_variance = features.chunk(2, dim=1)
    log_variance = log_variance.clamp(min=-10)
    return (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1) / 2
