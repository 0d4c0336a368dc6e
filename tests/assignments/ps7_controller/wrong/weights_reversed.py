"""The best comes last.

task: ps7-weights-tests
message: best comes last
"""


# %% ps7-weights
def rank_weights(candidates):
    weights = math.log((candidates + 1) / 2) - torch.arange(1, candidates // 2 + 1).log()
    return weights.flip(0) / weights.sum()
