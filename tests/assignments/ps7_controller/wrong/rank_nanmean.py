"""NaN is left out of the mean.

task: ps7-rank-tests
message: NaN comes before
"""


# %% ps7-rank
def rank(table, risk):
    score = table.nanmean(dim=1) - risk * table.nan_to_num().std(dim=1, unbiased=False)
    score = torch.where(score.isnan(), -math.inf, score)
    return score.argsort(descending=True)
