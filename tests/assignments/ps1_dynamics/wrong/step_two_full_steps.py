"""Takes two whole steps.

task: ps1-step-tests
message: two full steps
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    for _ in range(2):
        mean, log_variance = network(inputs)
        value = loss(mean, log_variance, targets)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()

    return value.item()
