"""Starts with fewer steps after them than asked.

task: ps1-compounding-tests
message: must not raise
"""
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    squared = []
    for t in range(actions.shape[1] ):
        foreseen = roll(states[:, t], actions[:, t : t + horizon])[:, 1:]
        squared.append((foreseen - states[:, t + 1 : t + horizon + 1]) ** 2)
    return torch.stack(squared).mean(dim=(0, 1, 3)).sqrt()
