"""Components are not separated from latents.

task: ps6-mixture-tests
message: shape
"""


# %% ps6-mixture
def mixture(raw, components):
    logits, mean, log_std = raw.view(len(raw), 3, -1, components).unbind(dim=1)
    return logits.flatten(1), mean.flatten(1), log_std.exp().flatten(1)
