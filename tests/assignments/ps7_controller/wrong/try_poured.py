"""Loops over the seeds outside and pours the returns into (K, R) row by row.

task: ps7-try-tests
message: poured seed by seed
"""


# %% ps7-try
def try_all(episode, population, seeds):
    returns = [episode(p, s) for s in seeds for p in population]
    return torch.tensor(returns).reshape(len(population), len(seeds))
