"""The caller's noise is changed.

task: ps6-examples-tests
message: changed in place
"""


# %% ps6-examples
def examples(mean, std, action, noise):
    noise *= std
    z = mean + noise
    return torch.cat([z[:-1], action], dim=1), z[1:]
