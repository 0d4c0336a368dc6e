"""A pre_run_cell hook prints the source of every cell that is about to run.

assignment: ps2_random_shooting
row: a `pre_run_cell` hook
effect: leak
"""
# %% helper
get_ipython().events.register("pre_run_cell", lambda info: print(info.raw_cell))
