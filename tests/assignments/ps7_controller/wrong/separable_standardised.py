"""The steps are divided by √c as well, down to standard normal noise.

task: ps7-separable-tests
message: √c as well
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    best = population[order[: len(weights)]]
    y = (best - mean) / (sigma * variances.sqrt())
    w = weights[:, None]
    moved = mean + sigma * variances.sqrt() * (w * y).sum(dim=0)
    return moved, (1 - rate) * variances + rate * (w * y**2).sum(dim=0)
