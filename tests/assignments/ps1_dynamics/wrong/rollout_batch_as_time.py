"""Walks along the batch.

task: ps1-rollout-tests
message: must not raise|shape
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[0]):
        states.append(predict(states[-1], actions[h]))
    return torch.stack(states, dim=1)
