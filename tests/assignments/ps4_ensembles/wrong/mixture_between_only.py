"""Only the variance of the means.

task: ps4-mixture-tests
message: own variances are forgotten
"""


# %% ps4-mixture
def mixture(mean, log_variance):
    variance = mean.var(dim=0, correction=0)
    return mean.mean(dim=0), variance
