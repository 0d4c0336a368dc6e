"""Adds the prediction to the state.

task: ps1-rollout-tests
message: already returns the next state
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[1]):
        states.append(states[-1] + predict(states[-1], actions[:, h]))
    return torch.stack(states, dim=1)
