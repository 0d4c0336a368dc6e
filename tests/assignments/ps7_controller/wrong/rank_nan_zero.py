"""NaN counts as 0.

task: ps7-rank-tests
message: NaN comes before
"""


# %% ps7-rank
def rank(table, risk):
    score = table.mean(dim=1) - risk * table.std(dim=1, unbiased=False)
    score = torch.where(score.isnan(), 0.0, score)
    return score.argsort(descending=True)
