"""The start is repeated entry by entry and then cut into rows, which mixes its entries.

task: ps2-rollout-tests
message: numbers are mixed up
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    K, H, A = actions.shape
    states = [state.repeat_interleave(K).reshape(K, -1)]
    for h in range(H):
        states.append(dynamics(states[-1], actions[:, h]))
    return torch.stack(states, dim=1)
