"""The start is stored before each prediction.

task: ps1-rollout-tests
message: start comes twice
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[1]):
        states.append(state)
        state = predict(state, actions[:, h])
    return torch.stack(states, dim=1)
