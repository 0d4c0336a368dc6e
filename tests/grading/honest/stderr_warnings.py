"""Warnings and words on stderr, in cells and in every call.

assignment: ps2_random_shooting
"""
# %% helper
import sys
import warnings

warnings.warn("this may be slow")
print("to stderr", file=sys.stderr)
# %% ps2-rollout
def rollout(dynamics, state, actions):
    import sys, warnings; warnings.warn("careful", DeprecationWarning); print("rolling", file=sys.stderr)
    states = [state.expand(len(actions), -1)]
    for action in actions.unbind(dim=1):
        states.append(dynamics(states[-1], action))
    return torch.stack(states, dim=1)
