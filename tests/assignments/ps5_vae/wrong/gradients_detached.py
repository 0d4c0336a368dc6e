"""z is detached.

task: ps5-gradients-tests
message: through z
"""


# %% ps5-gradients
def gradients(parameters, x, noise):
    copies = [p.clone().requires_grad_() for p in parameters]
    mean, log_variance = (x @ copies[0] + copies[1]).chunk(2, dim=1)
    z = (mean + (log_variance / 2).exp() * noise).detach()
    error = (x - z @ copies[2] - copies[3]).square().sum()
    nats = (mean**2 + log_variance.exp() - log_variance).sum() / 2
    return list(torch.autograd.grad((error + nats) / len(x), copies))
