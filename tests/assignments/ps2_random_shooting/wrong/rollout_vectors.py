"""The model is handed vectors (S,) and (A,).

task: ps2-rollout-tests
message: must be handed states [(]K, S[)]
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    rollouts = []
    for sequence in actions:
        states = [state]
        for action in sequence:
            states.append(dynamics(states[-1], action))
        rollouts.append(torch.stack(states))
    return torch.stack(rollouts)
