"""Latents and components change places.

task: ps6-mixture-tests
message: changed places
"""


# %% ps6-mixture
def mixture(raw, components):
    logits, mean, log_std = raw.view(len(raw), 3, components, -1).transpose(2, 3).unbind(dim=1)
    return logits.log_softmax(dim=2), mean, log_std.exp()
