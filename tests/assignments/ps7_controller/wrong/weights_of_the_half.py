"""ln(⌊K/2⌋ + ½), as other texts have it: the same for an even K only.

task: ps7-weights-tests
message: in the place of
"""


# %% ps7-weights
def rank_weights(candidates):
    half = candidates // 2
    raw = math.log(half + 0.5) - torch.arange(1, half + 1).log()
    return raw / raw.sum()
