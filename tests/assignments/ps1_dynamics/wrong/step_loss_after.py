"""Returns the loss after the step.

task: ps1-step-tests
message: loss after the step
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = loss(mean, log_variance, targets)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    with torch.no_grad():
        return loss(*network(inputs), targets).item()
