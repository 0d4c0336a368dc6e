"""The population is sorted where it lies.

task: ps7-simple-tests
message: changed in place
"""


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    population[:] = population[order]
    order = torch.arange(len(order))
    return population[order[:elites]].mean(dim=0), sigma * decay
