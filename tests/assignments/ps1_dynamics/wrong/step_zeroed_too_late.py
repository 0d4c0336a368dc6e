"""Erases the gradients between backward and step.

task: ps1-step-tests
message: erased before
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = loss(mean, log_variance, targets)
    value.backward()
    optimizer.zero_grad()
    optimizer.step()
    return value.item()
