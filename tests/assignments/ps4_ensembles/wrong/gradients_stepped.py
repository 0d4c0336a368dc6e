"""The parameters are changed by a step on the way.

task: ps4-gradients-tests
message: changed in place|must not raise|finite
"""


# %% ps4-gradients
def losses_and_gradients(parameters, inputs, targets):
    rows = range(len(inputs))
    for p in parameters:
        p.requires_grad_()
    outputs = torch.stack([network([p[e] for p in parameters], inputs[e]) for e in rows])
    losses = (outputs - targets).square().mean(dim=(1, 2))
    gradients = torch.autograd.grad(losses.sum(), parameters)
    with torch.no_grad():
        inputs -= 0.01 * inputs
        for p, slope in zip(parameters, gradients):
            p -= 0.01 * slope
    return losses.detach(), list(gradients)
