"""The noise is not used.

task: ps9-identify-tests
message: without the noise
"""


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    gram = inputs.T @ inputs + precision
    return torch.linalg.solve(gram, inputs.T @ outputs + precision @ mean)
