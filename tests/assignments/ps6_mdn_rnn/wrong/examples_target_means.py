"""Targets are not drawn.

task: ps6-examples-tests
message: targets are means
"""


# %% ps6-examples
def examples(mean, std, action, noise):
    z = mean + std * noise
    return torch.cat([z[:-1], action], dim=1), mean[1:]
