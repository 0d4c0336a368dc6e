"""The root is missing.

task: ps8-gap-tests
message: root is missing
"""


# %% ps8-gap
def gap(dream, real):
    error = (dream.var() / len(dream) + real.var() / len(real))
    return dream.mean() - real.mean(), error
