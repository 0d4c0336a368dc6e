"""The sample standard deviation.

task: ps7-rank-tests
message: divides by R - 1|order must begin
"""


# %% ps7-rank
def rank(table, risk):
    score = table.mean(dim=1) - risk * table.std(dim=1, unbiased=True)
    score = torch.where(score.isnan(), -math.inf, score)
    return score.argsort(descending=True)
