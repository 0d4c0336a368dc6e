"""A pool of threads that computes something and is closed.

assignment: ps2_random_shooting
"""
# %% helper
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(4) as pool:
    squares = list(pool.map(lambda x: x**2, range(50)))
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns.topk(elites).indices]
    with ThreadPoolExecutor(2) as pool:
        mean = pool.submit(best.mean, 0)
        std = pool.submit(best.std, 0, correction=0)
        return mean.result(), std.result()
