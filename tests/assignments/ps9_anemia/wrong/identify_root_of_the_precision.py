"""Stacks a Cholesky factor of the precision under the inputs, which needs more than 0.

task: ps9-identify-tests
message: must not raise
"""


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    root = torch.linalg.cholesky(precision).T
    A = torch.cat([inputs / noise, root])
    b = torch.cat([outputs / noise, root @ mean])
    return torch.linalg.lstsq(A, b[:, None]).solution[:, 0]
