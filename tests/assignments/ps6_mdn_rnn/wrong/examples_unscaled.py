"""The noise is not scaled.

task: ps6-examples-tests
message: not multiplied
"""


# %% ps6-examples
def examples(mean, std, action, noise):
    z = mean + noise
    return torch.cat([z[:-1], action], dim=1), z[1:]
