"""Averaged over the weights.

task: ps7-simple-tests
message: one number for each weight
"""


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    return population[order[:elites]].mean(dim=1), sigma * decay
