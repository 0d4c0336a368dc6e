"""The mean over the tracks.

task: ps7-try-tests
message: shape|column for each seed
"""


# %% ps7-try
def try_all(episode, population, seeds):
    return torch.tensor([[episode(row, seed) for seed in seeds] for row in population]).mean(dim=1)
