"""The loss of a paper that drops constants.

task: ps1-nll-tests
message: factor 1/2 is missing, and so is
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return (squared + log_variance).mean()
