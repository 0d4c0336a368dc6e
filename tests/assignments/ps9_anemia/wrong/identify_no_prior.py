"""Plain least squares.

task: ps9-identify-tests
message: prior is missing
"""


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    return torch.linalg.pinv(inputs) @ outputs
