"""All members are trained on the first one's targets.

task: ps4-gradients-tests
message: first (member|one)'s targets
"""


# %% ps4-gradients
def losses_and_gradients(parameters, inputs, targets):
    free = [p.detach().clone().requires_grad_() for p in parameters]
    rows = range(len(inputs))
    outputs = torch.stack([network([p[e] for p in free], inputs[e]) for e in rows])
    error = outputs - targets
    losses = (outputs - targets[:1]).square().mean(dim=(1, 2))
    return losses.detach(), list(torch.autograd.grad(losses.sum(), free))
