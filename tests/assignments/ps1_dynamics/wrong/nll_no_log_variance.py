"""Forgets the log-variance itself.

task: ps1-nll-tests
message: not added
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return 0.5 * (squared + math.log(2 * math.pi)).mean()
