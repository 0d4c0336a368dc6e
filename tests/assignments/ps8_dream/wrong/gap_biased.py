"""Variances that divide by n.

task: ps8-gap-tests
message: divide by n and m
"""


# %% ps8-gap
def gap(dream, real):
    error = (dream.var(unbiased=False) / len(dream) + real.var(unbiased=False) / len(real)).sqrt()
    return dream.mean() - real.mean(), error
