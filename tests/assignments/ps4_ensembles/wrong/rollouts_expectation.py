"""The members are averaged before going on, and that is what is returned.

task: ps4-rollouts-tests
message: averaged at each step
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        moved = predict(states[-1], actions[:, h].expand(E, -1, -1))
        states.append(moved.mean(dim=0, keepdim=True).expand(E, -1, -1))
    return torch.stack(states, dim=2)
