"""The square of the sum.

task: ps7-separable-tests
message: squares of the weighted sum
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean) / sigma
    return mean + sigma * weights @ y, (1 - rate) * variances + rate * (weights @ y) ** 2
