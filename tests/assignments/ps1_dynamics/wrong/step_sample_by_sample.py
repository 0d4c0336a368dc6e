"""One step for each row of the batch.

task: ps1-step-tests
message: a step was taken for each row
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    total = 0.0
    for x, y in zip(inputs, targets):
        mean, log_variance = network(x[None])
        value = loss(mean, log_variance, y[None])
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        total += value.item()
    return total / len(inputs)
