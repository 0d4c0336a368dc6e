"""Divides the squared distance by the standard deviation.

task: ps1-nll-tests
message: divided by the standard deviation
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-0.5 * log_variance)
    return 0.5 * (squared + log_variance + math.log(2 * math.pi)).mean()
