"""Starts processes until none can be started (at most 2,000).

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: crash
"""
# %% helper
import os
import time

try:
    for _ in range(2_000):
        if os.fork() == 0:
            time.sleep(600)
except OSError:
    pass
os._exit(1)
