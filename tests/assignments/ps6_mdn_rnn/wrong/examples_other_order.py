"""Targets come first.

task: ps6-examples-tests
message: shape
"""


# %% ps6-examples
def examples(mean, std, action, noise):
    z = mean + std * noise
    return z[1:], torch.cat([z[:-1], action], dim=1)
