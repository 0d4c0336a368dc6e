"""One step too few.

task: ps1-rollout-tests
message: one state is left out
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[1] - 1):
        states.append(predict(states[-1], actions[:, h]))
    return torch.stack(states, dim=1)
