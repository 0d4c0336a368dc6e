"""The caller's NaNs are replaced.

task: ps7-rank-tests
message: changed in place
"""


# %% ps7-rank
def rank(table, risk):
    table[table.isnan()] = -math.inf
    score = table.mean(dim=1) - risk * table.std(dim=1, unbiased=False)
    score = torch.where(score.isnan(), -math.inf, score)
    return score.argsort(descending=True)
