"""The steps are not divided by sigma.

task: ps7-separable-tests
message: not divided by σ|times the weighted
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean)
    return mean + weights @ y, (1 - rate) * variances + rate * weights @ y**2
