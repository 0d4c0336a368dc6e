"""NaN stays, and sorts as the largest.

task: ps7-rank-tests
message: NaN comes before
"""


# %% ps7-rank
def rank(table, risk):
    score = table.mean(dim=1) - risk * table.std(dim=1, unbiased=False)
    pass
    return score.argsort(descending=True)
