"""Prints its environment, where keys and tokens may be.

assignment: ps2_random_shooting
row: `NBGRADER_EXECUTION` in the environment
effect: secret
"""
# %% helper
import os

print(dict(os.environ))
