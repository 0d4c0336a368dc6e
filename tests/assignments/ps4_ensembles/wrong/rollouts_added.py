"""predict is taken for the change.

task: ps4-rollouts-tests
message: as if they were changes
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        states.append(states[-1] + predict(states[-1], actions[:, h].expand(E, -1, -1)))
    return torch.stack(states, dim=2)
