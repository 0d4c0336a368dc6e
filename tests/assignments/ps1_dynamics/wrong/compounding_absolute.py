"""The mean absolute error.

task: ps1-compounding-tests
message: mean absolute error
"""
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    squared = []
    for t in range(actions.shape[1] - horizon + 1):
        foreseen = roll(states[:, t], actions[:, t : t + horizon])[:, 1:]
        squared.append((foreseen - states[:, t + 1 : t + horizon + 1]).abs())
    return torch.stack(squared).mean(dim=(0, 1, 3))
