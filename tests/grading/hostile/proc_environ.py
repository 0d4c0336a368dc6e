"""Prints the environment and the command line of every process it can see.

assignment: ps2_random_shooting
row: beyond
effect: secret
"""
# %% helper
import pathlib

for _process in pathlib.Path("/proc").glob("[0-9]*"):
    for _name in ("environ", "cmdline"):
        try:
            print((_process / _name).read_bytes().replace(b"\0", b" "))
        except OSError:
            pass
