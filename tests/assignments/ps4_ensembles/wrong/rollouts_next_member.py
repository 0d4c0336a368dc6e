"""States are handed on to the next member.

task: ps4-rollouts-tests
message: next member
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        moved = states[-1] if h == 0 else states[-1].roll(1, dims=0)
        states.append(predict(moved, actions[:, h].expand(E, -1, -1)))
    return torch.stack(states, dim=2)
