"""Always takes the first actions of the trajectory.

task: ps1-compounding-tests
message: uses the first actions
"""
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    squared = []
    for t in range(actions.shape[1] - horizon + 1):
        foreseen = roll(states[:, t], actions[:, 0:horizon])[:, 1:]
        squared.append((foreseen - states[:, t + 1 : t + horizon + 1]) ** 2)
    return torch.stack(squared).mean(dim=(0, 1, 3)).sqrt()
