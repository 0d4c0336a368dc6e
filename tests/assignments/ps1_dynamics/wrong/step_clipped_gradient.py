"""Clips the gradient, which nobody asked for.

task: ps1-step-tests
message: clipped or scaled
"""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    mean, log_variance = network(inputs)
    value = loss(mean, log_variance, targets)
    optimizer.zero_grad()
    value.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 0.1)
    optimizer.step()
    return value.item()
