"""Cuts the gradient of the log-variance in the squared term.

task: ps1-nll-tests
message: variance in the squared term
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance.detach())
    return 0.5 * (squared + log_variance + math.log(2 * math.pi)).mean()
