"""sigma is divided.

task: ps7-simple-tests
message: grows
"""


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    return population[order[:elites]].mean(dim=0), sigma / decay
