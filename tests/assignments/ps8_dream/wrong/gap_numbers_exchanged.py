"""Each variance is divided by the other's number of episodes.

task: ps8-gap-tests
message: other's number
"""


# %% ps8-gap
def gap(dream, real):
    n, m = len(dream), len(real)
    return dream.mean() - real.mean(), torch.sqrt(dream.var() / m + real.var() / n)
