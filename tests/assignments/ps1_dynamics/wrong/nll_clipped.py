"""Limits the log-variance to +-5.

task: ps1-nll-tests
message: clipped to .-5
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    log_variance = log_variance.clamp(-5, 5)
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return 0.5 * (squared + log_variance + math.log(2 * math.pi)).mean()
