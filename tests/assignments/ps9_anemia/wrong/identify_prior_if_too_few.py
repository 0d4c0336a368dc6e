"""With fewer equations than parameters the patient is taken for the average one.

task: ps9-identify-tests
message: prior alone
"""


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    if len(inputs) < inputs.shape[1]:
        return mean.clone()
    gram = inputs.T @ inputs / noise**2 + precision
    return torch.linalg.solve(gram, inputs.T @ outputs / noise**2 + precision @ mean)
