"""The norm of the error, not its mean over features.

task: ps1-compounding-tests
message: summed over the features
"""
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    squared = []
    for t in range(actions.shape[1] - horizon + 1):
        foreseen = roll(states[:, t], actions[:, t : t + horizon])[:, 1:]
        squared.append((foreseen - states[:, t + 1 : t + horizon + 1]) ** 2)
    return torch.stack(squared).sum(dim=3).mean(dim=(0, 1)).sqrt()
