"""The variance of the means is forgotten.

task: ps4-mixture-tests
message: variance of their means is forgotten
"""


# %% ps4-mixture
def mixture(mean, log_variance):
    variance = torch.exp(log_variance).mean(dim=0)
    return mean.mean(dim=0), variance
