"""The rate and its rest change places.

task: ps7-separable-tests
message: changed places
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean) / sigma
    return mean + sigma * weights @ y, rate * variances + (1 - rate) * weights @ y**2
