"""Makes empty files without end: they take none of the space that is counted, but memory.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
import os
MADE = 0
try:
    for MADE in range(3_000_000):
        os.close(os.open(f"empty-{MADE}", os.O_CREAT | os.O_WRONLY))
except OSError:
    pass
print("files", MADE)
