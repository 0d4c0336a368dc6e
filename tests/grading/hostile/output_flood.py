"""Prints without end, in every cell and every call.

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: crash
"""
# %% helper
import time

_end = time.monotonic() + 60
while time.monotonic() < _end:
    print("flood " * 1000)
