"""predict is handed actions without members.

task: ps4-rollouts-tests
message: handed
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        states.append(predict(states[-1], actions[:, h]))
    return torch.stack(states, dim=2)
