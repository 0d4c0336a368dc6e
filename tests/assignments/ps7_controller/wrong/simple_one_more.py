"""One more.

task: ps7-simple-tests
message: one candidate too many
"""


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    return population[order[: elites + 1]].mean(dim=0), sigma * decay
