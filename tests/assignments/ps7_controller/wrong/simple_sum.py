"""The sum.

task: ps7-simple-tests
message: the sum
"""


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    return population[order[:elites]].sum(dim=0), sigma * decay
