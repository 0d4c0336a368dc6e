"""The start is overwritten as it moves.

task: ps4-rollouts-tests
message: changed in place
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start.clone()]
    for h in range(H):
        states.append(predict(states[-1], actions[:, h].expand(E, -1, -1)).clone())
        start.copy_(states[-1])
    return torch.stack(states, dim=2)
