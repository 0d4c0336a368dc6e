"""Each member gets the candidates' actions in another order: plans of its own.

task: ps4-rollouts-tests
message: from its own prediction|next step
"""


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = [start]
    for h in range(H):
        each = torch.stack([actions[:, h].roll(e, dims=0) for e in range(E)])
        states.append(predict(states[-1], each))
    return torch.stack(states, dim=2)
