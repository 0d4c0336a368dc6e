"""A ratio.

task: ps8-gap-tests
message: a ratio
"""


# %% ps8-gap
def gap(dream, real):
    error = (dream.var() / len(dream) + real.var() / len(real)).sqrt()
    return dream.mean() / real.mean(), error
