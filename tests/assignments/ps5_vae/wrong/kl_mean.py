"""Averaged over the latents.

task: ps5-kl-tests
message: add up
"""


# %% ps5-kl
def kl(features):
    mean, log_variance = features.chunk(2, dim=1)
    return (mean**2 + log_variance.exp() - 1 - log_variance).mean(dim=1) / 2
