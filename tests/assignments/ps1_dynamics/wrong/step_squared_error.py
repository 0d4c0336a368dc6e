"""Minimises the squared error.

task: ps1-step-tests
message: squared error was minimised
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = ((mean - targets) ** 2).mean()
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value.item()
