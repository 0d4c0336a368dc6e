"""Absolute steps.

task: ps7-separable-tests
message: not squared
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean) / sigma
    return mean + sigma * weights @ y, (1 - rate) * variances + rate * weights @ y.abs()
