"""Step 0 is counted too.

task: ps1-compounding-tests
message: before any step
"""
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    squared = []
    for t in range(actions.shape[1] - horizon + 1):
        foreseen = roll(states[:, t], actions[:, t : t + horizon])
        squared.append((foreseen - states[:, t : t + horizon + 1]) ** 2)
    return torch.stack(squared).mean(dim=(0, 1, 3)).sqrt()
