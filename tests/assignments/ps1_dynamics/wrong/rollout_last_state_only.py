"""Returns where it ends.

task: ps1-rollout-tests
message: only the last state
"""
# %% ps1-rollout
def rollout(predict, state, actions):
    states = [state]
    for h in range(actions.shape[1]):
        states.append(predict(states[-1], actions[:, h]))
    return states[-1]
