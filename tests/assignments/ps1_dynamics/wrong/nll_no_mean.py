"""Returns one value for each entry.

task: ps1-nll-tests
message: one number
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return 0.5 * (squared + log_variance + math.log(2 * math.pi))
