"""Divided by σ.

task: ps9-identify-tests
message: not by its square
"""


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    gram = inputs.T @ inputs / noise + precision
    return torch.linalg.solve(gram, inputs.T @ outputs / noise + precision @ mean)
