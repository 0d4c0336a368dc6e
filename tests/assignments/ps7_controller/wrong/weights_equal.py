"""All the same.

task: ps7-weights-tests
message: count the same
"""


# %% ps7-weights
def rank_weights(candidates):
    weights = math.log((candidates + 1) / 2) - torch.arange(1, candidates // 2 + 1).log()
    return torch.full_like(weights, 1 / len(weights))
