"""The precision is inverted once more.

task: ps9-identify-tests
message: covariance in the place
"""


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    covariance = torch.linalg.pinv(precision)
    gram = inputs.T @ inputs / noise**2 + covariance
    return torch.linalg.pinv(gram) @ (inputs.T @ outputs / noise**2 + covariance @ mean)
