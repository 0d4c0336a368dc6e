"""The first candidate's start is used for all.

task: ps4-rollouts-tests
message: one start
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start[:, :1].expand(E, K, S)]
    for h in range(H):
        states.append(predict(states[-1], actions[:, h].expand(E, -1, -1)))
    return torch.stack(states, dim=2)
