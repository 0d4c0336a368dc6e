"""A child in a session of its own goes on when its parent is gone.

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: outlive
"""
# %% helper
import os
import subprocess
import sys

for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for _fd in range(3, 100):
                try:
                    os.close(_fd)
                except OSError:
                    pass
            os.execv("/usr/bin/sleep", ["outlives-its-grading", "600"])
        os._exit(0)
