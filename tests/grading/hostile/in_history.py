"""The answer looks the expected value up in the source of the cell that is running.

assignment: ps2_random_shooting
row: reading the expected value from `In[-1]` or the caller's frame
effect: leak
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    print(get_ipython().user_ns["In"][-1])
    states = [state.expand(len(actions), -1)]
    for h in range(actions.shape[1]):
        states.append(states[-1] + dynamics(states[-1], actions[:, h]))
    return torch.stack(states, dim=1)
