"""The seeds are sorted.

task: ps7-try-tests
message: order is lost
"""


# %% ps7-try
def try_all(episode, population, seeds):
    return torch.tensor([[episode(row, seed) for seed in sorted(seeds)] for row in population])
