"""The best alone.

task: ps7-simple-tests
message: only the best
"""


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    return population[order[:1]].mean(dim=0), sigma * decay
