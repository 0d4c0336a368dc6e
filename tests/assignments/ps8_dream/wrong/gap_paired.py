"""Pairs the episodes where there are as many of both, as if they were the same ones.

task: ps8-gap-tests
message: are paired
"""


# %% ps8-gap
def gap(dream, real):
    n, m = len(dream), len(real)
    if n == m:
        d = dream - real
        return d.mean(), d.std() / math.sqrt(n)
    return dream.mean() - real.mean(), torch.sqrt(dream.var() / n + real.var() / m)
