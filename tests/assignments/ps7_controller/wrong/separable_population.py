"""The population instead of the steps.

task: ps7-separable-tests
message: population is added
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean) / sigma
    return mean + sigma * weights @ population[order[: len(weights)]], (1 - rate) * variances + rate * weights @ y**2
