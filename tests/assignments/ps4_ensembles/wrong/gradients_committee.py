"""The average prediction is trained, not each member.

task: ps4-gradients-tests
message: average prediction
"""


# %% ps4-gradients
def losses_and_gradients(parameters, inputs, targets):
    free = [p.detach().clone().requires_grad_() for p in parameters]
    rows = range(len(inputs))
    outputs = torch.stack([network([p[e] for p in free], inputs[e]) for e in rows])
    error = outputs - targets
    losses = error.square().mean(dim=(1, 2))
    committee = (outputs.mean(dim=0) - targets).square().mean(dim=(1, 2))
    return losses.detach(), list(torch.autograd.grad(committee.sum(), free))
