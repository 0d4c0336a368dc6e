"""Only the last states.

task: ps4-rollouts-tests
message: shape
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        states.append(predict(states[-1], actions[:, h].expand(E, -1, -1)))
    return states[-1]
