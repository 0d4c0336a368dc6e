"""The model is called once more than needed.

task: ps2-rollout-tests
message: called H = 3 times
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    states = [state.expand(len(actions), -1)]
    for h in range(actions.shape[1]):
        states.append(dynamics(states[-1], actions[:, h]))
    dynamics(states[-1], actions[:, -1])
    return torch.stack(states, dim=1)
