"""Each column becomes its mean.

task: ps7-try-tests
message: row k|mean over the candidates
"""


# %% ps7-try
def try_all(episode, population, seeds):
    table = torch.tensor([[episode(row, seed) for seed in seeds] for row in population])
    return table.mean(dim=0).expand(len(population), -1)
