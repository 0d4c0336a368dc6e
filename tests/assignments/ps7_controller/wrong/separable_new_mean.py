"""Steps from the new mean.

task: ps7-separable-tests
message: from the new mean
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean) / sigma
    new = mean + sigma * weights @ y
    y = y - (new - mean) / sigma
    return new, (1 - rate) * variances + rate * weights @ y**2
