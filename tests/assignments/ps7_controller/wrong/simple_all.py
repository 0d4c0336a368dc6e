"""All of them.

task: ps7-simple-tests
message: all candidates
"""


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    return population.mean(dim=0), sigma * decay
