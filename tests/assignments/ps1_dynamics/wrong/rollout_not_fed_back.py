"""Every prediction starts from the start.

task: ps1-rollout-tests
message: feed the last prediction back
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[1]):
        states.append(predict(state, actions[:, h]))
    return torch.stack(states, dim=1)
