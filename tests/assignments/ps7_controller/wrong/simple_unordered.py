"""The first rows.

task: ps7-simple-tests
message: order is not used
"""


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    return population[:elites].mean(dim=0), sigma * decay
