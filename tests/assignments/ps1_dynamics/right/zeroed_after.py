"""The gradients are erased after the step; a tuple with the loss as tensor."""
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    network.train()
    prediction = network(inputs)
    value = loss(prediction[0], prediction[1], targets)
    value.backward()
    optimizer.step()
    optimizer.zero_grad()
    return value.detach().numpy()
# %% ps1-rollout
def rollout(predict, state, actions):
    batch, horizon, _ = actions.shape
    out = torch.zeros(batch, horizon + 1, state.shape[1])
    out[:, 0] = state
    for h in range(horizon):
        out[:, h + 1] = predict(out[:, h].clone(), actions[:, h])
    return out
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    total = torch.zeros(horizon)
    starts = actions.shape[1] - horizon + 1
    for t in range(starts):
        foreseen = roll(states[:, t], actions[:, t : t + horizon])
        for h in range(horizon):
            total[h] += (foreseen[:, h + 1] - states[:, t + h + 1]).pow(2).mean() / starts
    return total.sqrt()
