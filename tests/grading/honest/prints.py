"""Prints in cells and in every call.

assignment: ps2_random_shooting
"""
# %% helper
for i in range(50):
    print("line", i)
# %% ps2-rollout
def rollout(dynamics, state, actions):
    print("state", state, "actions", actions.shape)
    states = [state.expand(len(actions), -1)]
    for action in actions.unbind(dim=1):
        states.append(dynamics(states[-1], action))
    return torch.stack(states, dim=1)
