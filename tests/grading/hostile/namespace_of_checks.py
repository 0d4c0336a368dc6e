"""Has answers looked up in a namespace of its own.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
checks.use_namespace({"sample_actions": lambda *a: 0})
