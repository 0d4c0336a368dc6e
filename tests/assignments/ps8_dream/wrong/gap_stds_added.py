"""Standard errors are added.

task: ps8-gap-tests
message: not variances
"""


# %% ps8-gap
def gap(dream, real):
    error = (dream.var() / len(dream)).sqrt() + (real.var() / len(real)).sqrt()
    return dream.mean() - real.mean(), error
