"""The answer is an object with __call__ and not a function.

assignment: ps2_random_shooting
"""
# %% ps2-rollout
class _Rollout:
    def __call__(self, dynamics, state, actions):
        states = [state.expand(len(actions), -1)]
        for action in actions.unbind(dim=1):
            states.append(dynamics(states[-1], action))
        return torch.stack(states, dim=1)

rollout = _Rollout()
