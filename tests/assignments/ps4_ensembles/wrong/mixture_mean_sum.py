"""The means are summed.

task: ps4-mixture-tests
message: sum over members
"""


# %% ps4-mixture
def mixture(mean, log_variance):
    variance = torch.exp(log_variance).mean(dim=0) + mean.var(dim=0, correction=0)
    return mean.sum(dim=0), variance
