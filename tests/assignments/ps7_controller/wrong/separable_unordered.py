"""The order is not used.

task: ps7-separable-tests
message: order is not used
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[: len(weights)] - mean) / sigma
    return mean + sigma * weights @ y, (1 - rate) * variances + rate * weights @ y**2
