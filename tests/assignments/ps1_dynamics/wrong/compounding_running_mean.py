"""Averages over the steps up to h.

task: ps1-compounding-tests
message: averaged over all steps up to h
"""
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    squared = []
    for t in range(actions.shape[1] - horizon + 1):
        foreseen = roll(states[:, t], actions[:, t : t + horizon])[:, 1:]
        squared.append((foreseen - states[:, t + 1 : t + horizon + 1]) ** 2)
    error = torch.stack(squared).mean(dim=(0, 1, 3)).sqrt()
    return error.cumsum(0) / torch.arange(1, horizon + 1)
