"""Off by one: the last action is never carried out.

task: ps2-rollout-tests
message: H [+] 1 states with the start
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    states = [state.expand(len(actions), -1)]
    for h in range(actions.shape[1] - 1):
        states.append(dynamics(states[-1], actions[:, h]))
    return torch.stack(states, dim=1)
