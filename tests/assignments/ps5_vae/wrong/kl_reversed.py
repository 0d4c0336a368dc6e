"""From the standard normal distribution to the row's.

task: ps5-kl-tests
message: other way round
"""


# %% ps5-kl
def kl(features):
    mean, log_variance = features.chunk(2, dim=1)
    return ((1 + mean**2) * (-log_variance).exp() - 1 + log_variance).sum(dim=1) / 2
