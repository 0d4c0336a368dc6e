"""Targets are changes.

task: ps6-examples-tests
message: changes
"""


# %% ps6-examples
def examples(mean, std, action, noise):
    z = mean + std * noise
    return torch.cat([z[:-1], action], dim=1), z[1:] - z[:-1]
