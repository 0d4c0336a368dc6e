"""A row of cells that each sleep as long as a cell may: hours, all together.

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: crash
"""
# %% helper
import time
time.sleep(2.2)
# %% helper
import time
time.sleep(2.2)
# %% helper
import time
time.sleep(2.2)
# %% helper
import time
time.sleep(60)
# %% helper
import time
time.sleep(60)
# %% helper
import time
time.sleep(60)
# %% helper
import time
time.sleep(60)
