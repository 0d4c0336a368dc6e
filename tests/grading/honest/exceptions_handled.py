"""Raises and catches exceptions on the way, and a cell that shows one.

assignment: ps2_random_shooting
"""
# %% helper
try:
    1 / 0
except ZeroDivisionError as error:
    print("as it should:", error)
# %% helper
1 / 0  # a leftover experiment that fails harmlessly
# %% ps2-rollout
def rollout(dynamics, state, actions):
    try:
        missing_name
    except NameError:
        pass
    states = [state.expand(len(actions), -1)]
    for action in actions.unbind(dim=1):
        states.append(dynamics(states[-1], action))
    return torch.stack(states, dim=1)
