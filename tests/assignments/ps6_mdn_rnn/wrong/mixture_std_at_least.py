"""Keeps the standard deviations above a hundredth, for safety.

task: ps6-mixture-tests
message: nothing limits it
"""


# %% ps6-mixture
def mixture(raw, components):
    B = raw.shape[0]
    logits, mean, log_std = (part.reshape(B, -1, components) for part in raw.chunk(3, dim=1))
    return torch.log_softmax(logits, dim=2), mean, log_std.exp().clamp(min=0.01)
