"""Writes until the disk is full (at most 1 GB).

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: none
"""
# %% helper
try:
    with open("big", "wb") as file:
        for _ in range(1_000):
            file.write(bytes(1 << 20))
finally:
    import os
    os.path.exists("big") and os.truncate("big", 0)
