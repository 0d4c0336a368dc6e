"""The variance.

task: ps6-mixture-tests
message: this is σ²
"""


# %% ps6-mixture
def mixture(raw, components):
    logits, mean, log_std = raw.view(len(raw), 3, -1, components).unbind(dim=1)
    return logits.log_softmax(dim=2), mean, torch.exp(2 * log_std)
