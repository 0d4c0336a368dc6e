"""Skips the first action.

task: ps1-rollout-tests
message: one step too early
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[1]):
        states.append(predict(states[-1], actions[:, min(h + 1, actions.shape[1] - 1)]))
    return torch.stack(states, dim=1)
