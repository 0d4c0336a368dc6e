"""Takes the network's outputs in the wrong order.

task: ps1-step-tests
message: changed places
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    log_variance, mean = network(inputs)
    value = loss(mean, log_variance, targets)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return value.item()
