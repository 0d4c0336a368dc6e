"""Returns two hundred thousand objects at once, in a list of lists.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    return [[object() for _ in range(1000)] for _ in range(150)]
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    return []
