"""Joins the states instead of stacking them.

task: ps1-rollout-tests
message: joined in one row
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[1]):
        states.append(predict(states[-1], actions[:, h]))
    return torch.cat(states, dim=1)
