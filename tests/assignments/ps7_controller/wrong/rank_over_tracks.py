"""Over the candidates.

task: ps7-rank-tests
message: one number for each
"""


# %% ps7-rank
def rank(table, risk):
    score = table.mean(dim=0) - risk * table.std(dim=0, unbiased=False)
    score = torch.where(score.isnan(), -math.inf, score)
    return score.argsort(descending=True)
