"""Counted from 0.

task: ps7-weights-tests
message: better half|ln
"""


# %% ps7-weights
def rank_weights(candidates):
    weights = math.log((candidates + 1) / 2) - torch.arange(candidates // 2).clamp(min=1).log()
    return weights / weights.sum()
