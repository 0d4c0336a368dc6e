"""Stacks time before batch.

task: ps1-rollout-tests
message: time comes first
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[1]):
        states.append(predict(states[-1], actions[:, h]))
    return torch.stack(states, dim=0)
