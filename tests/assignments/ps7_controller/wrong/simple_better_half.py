"""The better half is averaged, whatever `elites` says.

task: ps7-simple-tests
message: better half
"""


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    best = population[order][: len(population) // 2]
    return best.mean(dim=0), sigma * decay
