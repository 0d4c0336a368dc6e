"""Nothing is learned.

task: ps7-separable-tests
message: stayed|stay as they
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    y = (population[order[: len(weights)]] - mean) / sigma
    return mean + sigma * weights @ y, variances.clone()
