"""Multiplies the loss by the batch size.

task: ps1-step-tests
message: size of the batch
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = len(inputs) * loss(mean, log_variance, targets)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value.item()
