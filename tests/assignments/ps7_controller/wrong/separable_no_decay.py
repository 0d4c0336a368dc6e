"""The old variances do not shrink.

task: ps7-separable-tests
message: do not shrink
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean) / sigma
    return mean + sigma * weights @ y, variances + rate * weights @ y**2
