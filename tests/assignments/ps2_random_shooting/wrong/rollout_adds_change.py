"""The prediction is added as if it were a change.

task: ps2-rollout-tests
message: as if it were the change
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    states = [state.expand(len(actions), -1)]
    for h in range(actions.shape[1]):
        states.append(states[-1] + dynamics(states[-1], actions[:, h]))
    return torch.stack(states, dim=1)
