"""The first member's prediction is taken for all.

task: ps4-rollouts-tests
message: first member moves all
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        moved = predict(states[-1], actions[:, h].expand(E, -1, -1))
        states.append(moved[:1].expand(E, -1, -1))
    return torch.stack(states, dim=2)
