"""Steps twice with one gradient.

task: ps1-step-tests
message: two steps with the same gradient
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = loss(mean, log_variance, targets)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    optimizer.step()
    return value.item()
