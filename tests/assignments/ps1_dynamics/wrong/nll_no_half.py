"""Leaves out the factor 1/2.

task: ps1-nll-tests
message: factor 1/2 is missing
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return (squared + log_variance + math.log(2 * math.pi)).mean()
