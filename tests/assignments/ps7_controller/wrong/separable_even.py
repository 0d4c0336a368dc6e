"""All count the same.

task: ps7-separable-tests
message: weights are not used
"""


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    weights = torch.full_like(weights, 1 / len(weights))
    y = (population[order[: len(weights)]] - mean) / sigma
    return mean + sigma * weights @ y, (1 - rate) * variances + rate * weights @ y**2
