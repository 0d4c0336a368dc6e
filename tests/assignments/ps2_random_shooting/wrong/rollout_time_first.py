"""Stacked along the first dimension: time first.

task: ps2-rollout-tests
message: shape must be [(]2, 4, 1[)]
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    states = [state.expand(len(actions), -1)]
    for h in range(actions.shape[1]):
        states.append(dynamics(states[-1], actions[:, h]))
    return torch.stack(states)
