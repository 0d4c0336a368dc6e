"""The standard deviation instead of the variance.

task: ps5-kl-tests
message: σ is added
"""


# %% ps5-kl
def kl(features):
    mean, log_variance = features.chunk(2, dim=1)
    return (mean**2 + (log_variance / 2).exp() - 1 - log_variance).sum(dim=1) / 2
