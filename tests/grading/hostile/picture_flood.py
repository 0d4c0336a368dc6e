"""Shows hundreds of large pictures.

assignment: ps2_random_shooting
row: `os._exit`, an endless loop, a 20 GB allocation, 2,000 forks, 20 MB on one line
effect: crash
"""
# %% helper
import base64

from IPython.display import display

for _ in range(60):
    display({"image/png": base64.b64encode(bytes(1_400_000)).decode()}, raw=True)
