"""The actions differ by member: they are repeated and reshaped in the wrong order.

task: ps4-rollouts-tests
message: places|shape|same
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        each = actions[:, h].repeat_interleave(E, dim=0).view(E, K, -1)
        states.append(predict(states[-1], each))
    return torch.stack(states, dim=2)
