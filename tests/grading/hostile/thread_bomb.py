"""Starts threads until none can be started (at most 2,000).

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: crash
"""
# %% helper
import os
import threading
import time

try:
    for _ in range(2_000):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
except RuntimeError:
    pass
os._exit(1)
