"""The variance of the means is taken off.

task: ps4-mixture-tests
message: taken off; add it
"""


# %% ps4-mixture
def mixture(mean, log_variance):
    variance = torch.exp(log_variance).mean(dim=0) - mean.var(dim=0, correction=0)
    return mean.mean(dim=0), variance
