"""Compares the prediction of step h with the state of step h - 1.

task: ps1-compounding-tests
message: one step before
"""
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    squared = []
    for t in range(actions.shape[1] - horizon + 1):
        foreseen = roll(states[:, t], actions[:, t : t + horizon])[:, 1:]
        squared.append((foreseen - states[:, t : t + horizon]) ** 2)
    return torch.stack(squared).mean(dim=(0, 1, 3)).sqrt()
