"""Counts in bits for the constant.

task: ps1-nll-tests
message: it must be
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return 0.5 * (squared + log_variance + math.log2(2 * math.pi)).mean()
