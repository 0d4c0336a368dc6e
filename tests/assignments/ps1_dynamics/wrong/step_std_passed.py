"""Hands the standard deviation to the loss.

task: ps1-step-tests
message: loss got the standard deviation
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = loss(mean, (0.5 * log_variance).exp(), targets)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value.item()
