"""Reality minus dream.

task: ps8-gap-tests
message: reality minus
"""


# %% ps8-gap
def gap(dream, real):
    error = (dream.var() / len(dream) + real.var() / len(real)).sqrt()
    return real.mean() - dream.mean(), error
