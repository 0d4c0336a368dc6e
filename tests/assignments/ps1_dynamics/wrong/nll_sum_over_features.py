"""Summed over features, averaged over the batch.

task: ps1-nll-tests
message: summed over the features
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return 0.5 * (squared + log_variance + math.log(2 * math.pi)).sum(dim=1).mean()
