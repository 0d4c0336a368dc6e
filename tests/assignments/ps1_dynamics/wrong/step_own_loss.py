"""Ignores the loss that is passed in.

task: ps1-step-tests
message: Gaussian one; use the one
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = gaussian_nll(mean, log_variance, targets)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value.item()
