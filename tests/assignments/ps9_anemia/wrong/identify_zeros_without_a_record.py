"""A patient without a record gets zeros, not the prior's mean.

task: ps9-identify-tests
message: prior's mean
"""


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    if len(inputs) == 0:
        return torch.zeros(inputs.shape[1])
    A = inputs.T @ inputs / noise**2 + precision
    return torch.linalg.inv(A) @ (inputs.T @ outputs / noise**2 + precision @ mean)
