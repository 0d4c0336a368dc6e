"""The squared errors are summed over features.

task: ps4-gradients-tests
message: summed over the features
"""


# %% ps4-gradients
def losses_and_gradients(parameters, inputs, targets):
    free = [p.detach().clone().requires_grad_() for p in parameters]
    rows = range(len(inputs))
    outputs = torch.stack([network([p[e] for p in free], inputs[e]) for e in rows])
    error = outputs - targets
    losses = error.square().sum(dim=2).mean(dim=1)
    return losses.detach(), list(torch.autograd.grad(losses.sum(), free))
