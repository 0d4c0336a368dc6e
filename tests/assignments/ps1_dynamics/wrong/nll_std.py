"""Reads the log-variance as the standard deviation.

task: ps1-nll-tests
message: 0 is divided by
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = ((target - mean) / log_variance) ** 2
    return (0.5 * squared + torch.log(log_variance) + 0.5 * math.log(2 * math.pi)).mean()
