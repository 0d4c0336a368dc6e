"""Stores the same buffer again and again.

task: ps1-rollout-tests
message: the same tensor
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    current = state.clone()
    states = [current]
    for h in range(actions.shape[1]):
        current[:] = predict(current, actions[:, h])
        states.append(current)
    return torch.stack(states, dim=1)
