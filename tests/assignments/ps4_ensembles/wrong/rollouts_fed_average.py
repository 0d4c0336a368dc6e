"""Each member goes on from the average of all.

task: ps4-rollouts-tests
message: go on from the average
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        middle = states[-1].mean(dim=0, keepdim=True).expand(E, -1, -1) if h else start
        states.append(predict(middle, actions[:, h].expand(E, -1, -1)))
    return torch.stack(states, dim=2)
