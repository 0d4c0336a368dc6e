"""exp in place.

task: ps4-mixture-tests
message: changed in place
"""


# %% ps4-mixture
def mixture(mean, log_variance):
    variance = log_variance.exp_().mean(dim=0) + mean.var(dim=0, correction=0)
    return mean.mean(dim=0), variance
