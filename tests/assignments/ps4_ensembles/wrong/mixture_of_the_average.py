"""The variance of an average of draws.

task: ps4-mixture-tests
message: once more
"""


# %% ps4-mixture
def mixture(mean, log_variance):
    variance = torch.exp(log_variance).mean(dim=0) / len(mean) + mean.var(dim=0, correction=0)
    return mean.mean(dim=0), variance
