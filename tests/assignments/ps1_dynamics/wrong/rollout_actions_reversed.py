"""Uses the actions from the end.

task: ps1-rollout-tests
message: reverse order
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[1]):
        states.append(predict(states[-1], actions[:, -1 - h]))
    return torch.stack(states, dim=1)
