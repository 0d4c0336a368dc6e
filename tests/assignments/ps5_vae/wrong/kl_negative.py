"""The sign that belongs to the bound.

task: ps5-kl-tests
message: never negative
"""


# %% ps5-kl
def kl(features):
    mean, log_variance = features.chunk(2, dim=1)
    return (1 + log_variance - mean**2 - log_variance.exp()).sum(dim=1) / 2
