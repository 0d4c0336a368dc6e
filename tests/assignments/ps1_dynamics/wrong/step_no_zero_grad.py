"""Gradients pile up.

task: ps1-step-tests
message: zero_grad is missing
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = loss(mean, log_variance, targets)
    value.backward()
    optimizer.step()
    return value.item()
