"""Inputs are the z that come next.

task: ps6-examples-tests
message: come next
"""


# %% ps6-examples
def examples(mean, std, action, noise):
    z = mean + std * noise
    return torch.cat([z[1:], action], dim=1), z[1:]
