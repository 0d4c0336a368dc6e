"""Torch's own Gaussian loss is used, which raises every variance to 1e-6 at least.

task: ps1-nll-tests
message: kept above 1e-6
"""
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    return torch.nn.functional.gaussian_nll_loss(
        mean, target, torch.exp(log_variance), full=True, reduction="mean"
    )
