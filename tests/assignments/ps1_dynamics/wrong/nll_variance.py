"""Reads the log-variance as the variance.

task: ps1-nll-tests
message: as the variance|must be
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    variance = log_variance.clamp(min=1e-6)
    return 0.5 * ((target - mean) ** 2 / variance + torch.log(variance) + math.log(2 * math.pi)).mean()
