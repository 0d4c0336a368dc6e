"""Reads the log-variance as the log of the standard deviation.

task: ps1-nll-tests
message: read as the log of the standard deviation
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    std = torch.exp(log_variance)
    return -torch.distributions.Normal(mean, std).log_prob(target).mean()
