"""The log-likelihood, to be maximised.

task: ps1-nll-tests
message: sign is turned round
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return -0.5 * (squared + log_variance + math.log(2 * math.pi)).mean()
