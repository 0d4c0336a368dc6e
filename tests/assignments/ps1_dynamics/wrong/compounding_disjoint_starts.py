"""Only every H-th state is a start, so that the windows do not overlap.

task: ps1-compounding-tests
message: every H-th state
"""
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    T = actions.shape[1]
    squares = []
    for t in range(0, T - horizon + 1, horizon):
        foreseen = roll(states[:, t], actions[:, t : t + horizon])
        squares.append((foreseen[:, 1:] - states[:, t + 1 : t + horizon + 1]) ** 2)
    return torch.stack(squares).mean(dim=(0, 1, 3)).sqrt()
