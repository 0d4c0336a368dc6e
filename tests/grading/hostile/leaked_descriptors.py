"""Reads from and writes to every descriptor that it was born with.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
import os

for _name in sorted(os.listdir("/proc/self/fd"), key=int):
    try:
        print(_name, os.readlink(f"/proc/self/fd/{_name}"))
    except OSError:
        pass
