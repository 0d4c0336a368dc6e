"""Candidates and members are swapped in what is returned.

task: ps4-rollouts-tests
message: changed places in the states
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        states.append(predict(states[-1], actions[:, h].expand(E, -1, -1)))
    return torch.stack(states, dim=2).transpose(0, 1)
