"""Nothing is drawn.

task: ps6-examples-tests
message: means are used
"""


# %% ps6-examples
def examples(mean, std, action, noise):
    z = mean
    return torch.cat([z[:-1], action], dim=1), z[1:]
