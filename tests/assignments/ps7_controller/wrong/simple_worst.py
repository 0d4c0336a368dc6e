"""The last of the order.

task: ps7-simple-tests
message: worst candidates
"""


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    return population[order[-elites:]].mean(dim=0), sigma * decay
