"""The variance.

task: ps7-rank-tests
message: variance is taken
"""


# %% ps7-rank
def rank(table, risk):
    score = table.mean(dim=1) - risk * table.var(dim=1, unbiased=False)
    score = torch.where(score.isnan(), -math.inf, score)
    return score.argsort(descending=True)
