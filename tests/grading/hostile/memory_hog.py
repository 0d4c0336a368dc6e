"""Allocates 20 GB, all at once and bit by bit.

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: crash
"""
# %% helper
try:
    hog = bytearray(20 * 2**30)
except MemoryError:
    pass
hog = []
while True:
    hog.append(bytearray(64 * 2**20))
