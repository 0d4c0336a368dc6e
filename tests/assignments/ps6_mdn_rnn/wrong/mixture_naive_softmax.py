"""exp of large logits overflows.

task: ps6-mixture-tests
message: overflow
"""


# %% ps6-mixture
def mixture(raw, components):
    logits, mean, log_std = raw.view(len(raw), 3, -1, components).unbind(dim=1)
    return torch.log(logits.exp() / logits.exp().sum(dim=2, keepdim=True)), mean, log_std.exp()
