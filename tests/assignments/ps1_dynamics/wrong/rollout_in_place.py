"""Overwrites the caller's state.

task: ps1-rollout-tests
message: left as they were
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state.clone()]
    for h in range(actions.shape[1]):
        state[:] = predict(state, actions[:, h])
        states.append(state.clone())
    return torch.stack(states, dim=1)
