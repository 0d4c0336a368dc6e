"""The sample's variance of the means.

task: ps4-mixture-tests
message: divisor E - 1
"""


# %% ps4-mixture
def mixture(mean, log_variance):
    variance = torch.exp(log_variance).mean(dim=0) + mean.var(dim=0)
    return mean.mean(dim=0), variance
