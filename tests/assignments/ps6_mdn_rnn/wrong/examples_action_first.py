"""The action comes first.

task: ps6-examples-tests
message: action comes first
"""


# %% ps6-examples
def examples(mean, std, action, noise):
    z = mean + std * noise
    return torch.cat([action, z[:-1]], dim=1), z[1:]
