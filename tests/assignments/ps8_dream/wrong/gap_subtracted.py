"""The variances are subtracted.

task: ps8-gap-tests
message: subtracted
"""


# %% ps8-gap
def gap(dream, real):
    error = (dream.var() / len(dream) - real.var() / len(real)).abs().sqrt()
    return dream.mean() - real.mean(), error
