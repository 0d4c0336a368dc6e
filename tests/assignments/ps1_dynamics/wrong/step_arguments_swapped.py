"""Targets and log-variance change places.

task: ps1-step-tests
message: changed places
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = loss(mean, targets, log_variance)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value.item()
