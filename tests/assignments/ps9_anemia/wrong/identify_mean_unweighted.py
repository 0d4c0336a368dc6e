"""The mean without its precision.

task: ps9-identify-tests
message: without its precision
"""


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    gram = inputs.T @ inputs / noise**2 + precision
    return torch.linalg.solve(gram, inputs.T @ outputs / noise**2 + mean)
