"""The worst episode.

task: ps7-rank-tests
message: worst episode
"""


# %% ps7-rank
def rank(table, risk):
    score = table.min(dim=1).values
    score = torch.where(score.isnan(), -math.inf, score)
    return score.argsort(descending=True)
