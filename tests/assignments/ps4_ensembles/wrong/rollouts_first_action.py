"""The first action at every step.

task: ps4-rollouts-tests
message: first action is used
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        states.append(predict(states[-1], actions[:, 0].expand(E, -1, -1)))
    return torch.stack(states, dim=2)
