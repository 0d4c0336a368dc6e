"""Leaves out the term with 2 pi.

task: ps1-nll-tests
message: term with 2 pi is missing
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return 0.5 * (squared + log_variance).mean()
