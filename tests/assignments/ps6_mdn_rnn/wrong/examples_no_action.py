"""The actions are left out.

task: ps6-examples-tests
message: side by side
"""


# %% ps6-examples
def examples(mean, std, action, noise):
    z = mean + std * noise
    return z[:-1], z[1:]
