"""The first action is repeated.

task: ps1-rollout-tests
message: first action is used at every step
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[1]):
        states.append(predict(states[-1], actions[:, 0]))
    return torch.stack(states, dim=1)
