"""The logarithm is taken for that of the standard deviation.

task: ps5-kl-tests
message: ln σ
"""


# %% ps5-kl
def kl(features):
    mean, log_std = features.chunk(2, dim=1)
    return (mean**2 + (2 * log_std).exp() - 1 - 2 * log_std).sum(dim=1) / 2
