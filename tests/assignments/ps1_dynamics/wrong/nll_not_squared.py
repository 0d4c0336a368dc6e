"""The distance without its square.

task: ps1-nll-tests
message: not squared
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean).abs() * torch.exp(-log_variance)
    return 0.5 * (squared + log_variance + math.log(2 * math.pi)).mean()
