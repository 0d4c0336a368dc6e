"""Not divided by the numbers.

task: ps8-gap-tests
message: not divided
"""


# %% ps8-gap
def gap(dream, real):
    error = (dream.var() + real.var()).sqrt()
    return dream.mean() - real.mean(), error
