"""A post_run_cell hook writes the source of what was run to a file.

assignment: ps2_random_shooting
row: a `pre_run_cell` hook
effect: touch
"""
# %% helper
import os

def _keep(result):
    for place in ("../../..", "/var/tmp", "/usr", "/course"):
        try:
            with open(os.path.join(place, "touched-by-a-student"), "a") as file:
                file.write(result.info.raw_cell)
        except OSError:
            pass

get_ipython().events.register("post_run_cell", _keep)
