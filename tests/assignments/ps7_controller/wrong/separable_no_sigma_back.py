"""The mean moves without sigma.

task: ps7-separable-tests
message: σ is left out
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean) / sigma
    return mean + weights @ y, (1 - rate) * variances + rate * weights @ y**2
