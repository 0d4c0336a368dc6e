"""Predicts without recording gradients.

task: ps1-step-tests
message: not raise
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    with torch.no_grad():
        mean, log_variance = network(inputs)
    value = loss(mean, log_variance, targets)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value.item()
