"""The halves are swapped.

task: ps5-kl-tests
message: swapped
"""


# %% ps5-kl
def kl(features):
    log_variance, mean = features.chunk(2, dim=1)
    return (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1) / 2
