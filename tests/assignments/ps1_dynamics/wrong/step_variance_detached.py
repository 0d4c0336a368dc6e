"""The log-variance gets no gradient.

task: ps1-step-tests
message: detached
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = loss(mean, log_variance.detach(), targets)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value.item()
