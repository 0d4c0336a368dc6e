"""The start is not among the states.

task: ps2-rollout-tests
message: H [+] 1 states with the start
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    states, s = [], state.expand(len(actions), -1)
    for h in range(actions.shape[1]):
        s = dynamics(s, actions[:, h])
        states.append(s)
    return torch.stack(states, dim=1)
