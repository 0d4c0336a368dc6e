"""Adds the variance where its logarithm belongs.

task: ps1-nll-tests
message: its logarithm belongs there
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return 0.5 * (squared + torch.exp(log_variance) + math.log(2 * math.pi)).mean()
