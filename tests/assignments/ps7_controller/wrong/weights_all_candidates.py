"""One for each candidate.

task: ps7-weights-tests
message: better half
"""


# %% ps7-weights
def rank_weights(candidates):
    weights = math.log((candidates + 1) / 2) - torch.arange(1, candidates + 1).log()
    return weights / weights.sum()
