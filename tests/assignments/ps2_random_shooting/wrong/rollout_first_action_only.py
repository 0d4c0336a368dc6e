"""The first action is repeated.

task: ps2-rollout-tests
message: first action is used at every step
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    states = [state.expand(len(actions), -1)]
    for _ in range(actions.shape[1]):
        states.append(dynamics(states[-1], actions[:, 0]))
    return torch.stack(states, dim=1)
