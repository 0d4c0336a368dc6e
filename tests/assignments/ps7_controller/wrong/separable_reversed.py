"""The weights are reversed.

task: ps7-separable-tests
message: goes to the last
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    weights = weights.flip(0)
    y = (population[order[: len(weights)]] - mean) / sigma
    return mean + sigma * weights @ y, (1 - rate) * variances + rate * weights @ y**2
