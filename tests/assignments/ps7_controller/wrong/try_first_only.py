"""Always the first candidate.

task: ps7-try-tests
message: row k|first candidate
"""


# %% ps7-try
def try_all(episode, population, seeds):
    return torch.tensor([[episode(population[0], seed) for seed in seeds] for row in population])
