"""Prints 20 MB on one line.

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: crash
"""
# %% helper
print("x" * (20 * 2**20))
