"""The old mean is left out.

task: ps7-separable-tests
message: old mean is left out
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean) / sigma
    return sigma * weights @ y, (1 - rate) * variances + rate * weights @ y**2
