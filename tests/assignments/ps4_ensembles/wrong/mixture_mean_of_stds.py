"""The mean of the members' stds.

task: ps4-mixture-tests
message: mean of the stds
"""


# %% ps4-mixture
def mixture(mean, log_variance):
    variance = torch.exp(0.5 * log_variance).mean(dim=0)
    return mean.mean(dim=0), variance
