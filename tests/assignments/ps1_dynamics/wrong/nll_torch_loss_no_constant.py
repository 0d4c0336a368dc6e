"""Torch's loss without its constant.

task: ps1-nll-tests
message: term with 2 pi is missing
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    return torch.nn.functional.gaussian_nll_loss(mean, target, torch.exp(log_variance))
