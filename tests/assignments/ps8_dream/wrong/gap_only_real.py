"""Only reality's.

task: ps8-gap-tests
message: only reality
"""


# %% ps8-gap
def gap(dream, real):
    error = (  real.var() / len(real)).sqrt()
    return dream.mean() - real.mean(), error
