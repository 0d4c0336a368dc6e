"""A loop over candidates, one call for each.

task: ps4-rollouts-tests
message: handed|must not raise
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        moved = []
        for k in range(K):
            action = actions[k : k + 1, h].expand(E, -1, -1)
            moved.append(predict(states[-1][:, k : k + 1], action))
        states.append(torch.cat(moved, dim=1))
    return torch.stack(states, dim=2)
