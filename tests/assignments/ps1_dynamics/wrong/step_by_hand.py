"""The step is written by hand with the learning rate and the optimiser never steps.

task: ps1-step-tests
message: call optimizer.step
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    optimizer.zero_grad()
    mean, log_variance = network(inputs)
    value = loss(mean, log_variance, targets)
    value.backward()
    eta = optimizer.param_groups[0]["lr"]
    with torch.no_grad():
        for w in network.parameters():
            w -= eta * w.grad
    return float(value)
