"""Not divided by the sum.

task: ps7-weights-tests
message: add up to 1
"""


# %% ps7-weights
def rank_weights(candidates):
    weights = math.log((candidates + 1) / 2) - torch.arange(1, candidates // 2 + 1).log()
    return weights
