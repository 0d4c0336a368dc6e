"""Ridge: the prior's mean is forgotten.

task: ps9-identify-tests
message: pulled towards 0
"""


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    gram = inputs.T @ inputs / noise**2 + precision
    return torch.linalg.solve(gram, inputs.T @ outputs / noise**2)
