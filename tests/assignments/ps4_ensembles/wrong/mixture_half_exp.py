"""The std is taken for the variance.

task: ps4-mixture-tests
message: square it before averaging
"""


# %% ps4-mixture
def mixture(mean, log_variance):
    variance = torch.exp(0.5 * log_variance).mean(dim=0) + mean.var(dim=0, correction=0)
    return mean.mean(dim=0), variance
