"""Seeds are counted from 0.

task: ps7-try-tests
message: row k, column r|counted anew
"""


# %% ps7-try
def try_all(episode, population, seeds):
    return torch.tensor([[episode(row, seed) for seed in range(len(seeds))] for row in population])
