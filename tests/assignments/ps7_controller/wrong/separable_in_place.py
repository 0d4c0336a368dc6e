"""The caller's variances are changed.

task: ps7-separable-tests
message: changed in place
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean) / sigma
    variances *= 1.0 - rate
    return mean + sigma * weights @ y, variances + rate * weights @ y**2
