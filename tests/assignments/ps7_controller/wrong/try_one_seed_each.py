"""Each candidate gets a track of its own.

task: ps7-try-tests
message: only one of the seeds
"""


# %% ps7-try
def try_all(episode, population, seeds):
    return torch.tensor([[episode(row, seeds[k % len(seeds)]) for _ in seeds] for k, row in enumerate(population)])
