"""Answers as methods of a class of the student, bound to the names that were asked for.

assignment: ps2_random_shooting
"""
# %% helper
class Roller:
    def __init__(self, dynamics):
        self.dynamics = dynamics

    def roll(self, state, actions):
        states = [state.expand(len(actions), -1)]
        for action in actions.unbind(dim=1):
            states.append(self.dynamics(states[-1], action))
        return torch.stack(states, dim=1)
# %% ps2-rollout
def rollout(dynamics, state, actions):
    return Roller(dynamics).roll(state, actions)
