"""Every step starts from the start.

task: ps4-rollouts-tests
message: feed each prediction back
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        states.append(predict(start, actions[:, h].expand(E, -1, -1)))
    return torch.stack(states, dim=2)
