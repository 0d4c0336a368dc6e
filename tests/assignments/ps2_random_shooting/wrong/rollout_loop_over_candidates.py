"""A loop over candidates: K times as many calls.

task: ps2-rollout-tests
message: no loop over K
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    rollouts = []
    for sequence in actions:
        states = [state[None]]
        for action in sequence:
            states.append(dynamics(states[-1], action[None]))
        rollouts.append(torch.cat(states))
    return torch.stack(rollouts)
