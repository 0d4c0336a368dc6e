"""Returns a float, through which no gradient flows.

task: ps1-nll-tests
message: no gradient flows
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return float(0.5 * (squared + log_variance + math.log(2 * math.pi)).mean())
