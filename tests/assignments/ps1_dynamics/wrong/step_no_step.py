"""Never takes the step.

task: ps1-step-tests
message: no step was taken
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = loss(mean, log_variance, targets)
    optimizer.zero_grad()
    value.backward()
    return value.item()
