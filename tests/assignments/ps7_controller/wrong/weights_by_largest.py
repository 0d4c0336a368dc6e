"""Divided by the largest.

task: ps7-weights-tests
message: largest
"""


# %% ps7-weights
def rank_weights(candidates):
    weights = math.log((candidates + 1) / 2) - torch.arange(1, candidates // 2 + 1).log()
    return weights / weights.max()
