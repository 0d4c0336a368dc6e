"""ln of K / 2.

task: ps7-weights-tests
message: in the place of
"""


# %% ps7-weights
def rank_weights(candidates):
    weights = math.log((candidates) / 2) - torch.arange(1, candidates // 2 + 1).log()
    return weights / weights.sum()
