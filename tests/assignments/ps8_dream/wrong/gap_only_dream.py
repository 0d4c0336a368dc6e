"""Only the dream's.

task: ps8-gap-tests
message: only the dream
"""


# %% ps8-gap
def gap(dream, real):
    error = (dream.var() / len(dream)).sqrt()
    return dream.mean() - real.mean(), error
