"""The process ends as soon as a hidden test calls.

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: crash
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    import os
    os._exit(0)
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    raise ValueError("no idea")
