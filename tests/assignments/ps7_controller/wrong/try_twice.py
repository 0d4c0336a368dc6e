"""Each episode is driven twice.

task: ps7-try-tests
message: drives once
"""


# %% ps7-try
def try_all(episode, population, seeds):
    for row in population:
        episode(row, seeds[0])
    return torch.tensor([[episode(row, seed) for seed in seeds] for row in population])
