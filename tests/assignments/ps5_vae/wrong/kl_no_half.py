"""The factor is missing.

task: ps5-kl-tests
message: 1/2
"""


# %% ps5-kl
def kl(features):
    mean, log_variance = features.chunk(2, dim=1)
    return (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1)
