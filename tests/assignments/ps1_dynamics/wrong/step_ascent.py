"""Climbs the loss.

task: ps1-step-tests
message: sign is turned round
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = loss(mean, log_variance, targets)
    optimizer.zero_grad()
    (-value).backward()
    optimizer.step()
    return value.item()
