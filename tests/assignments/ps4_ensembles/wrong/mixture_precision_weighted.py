"""Certain members count more, as if they measured one thing.

task: ps4-mixture-tests
message: certainty
"""


# %% ps4-mixture
def mixture(mean, log_variance):
    variance = torch.exp(log_variance).mean(dim=0) + mean.var(dim=0, correction=0)
    weight = torch.exp(-log_variance)
    return (weight * mean).sum(dim=0) / weight.sum(dim=0), variance
