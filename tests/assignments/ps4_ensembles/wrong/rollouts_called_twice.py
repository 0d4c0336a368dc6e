"""predict is called twice at each step.

task: ps4-rollouts-tests
message: must be called H
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        predict(states[-1], actions[:, h].expand(E, -1, -1))
        states.append(predict(states[-1], actions[:, h].expand(E, -1, -1)))
    return torch.stack(states, dim=2)
