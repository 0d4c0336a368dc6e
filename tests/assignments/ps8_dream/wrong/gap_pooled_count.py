"""Divided by the sum.

task: ps8-gap-tests
message: n [+] m
"""


# %% ps8-gap
def gap(dream, real):
    error = ((dream.var() + real.var()) / (len(dream) + len(real))).sqrt()
    return dream.mean() - real.mean(), error
