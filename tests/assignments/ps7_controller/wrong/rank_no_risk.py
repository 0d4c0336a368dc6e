"""The risk is not used.

task: ps7-rank-tests
message: risk is left out
"""


# %% ps7-rank
def rank(table, risk):
    score = table.mean(dim=1)
    score = torch.where(score.isnan(), -math.inf, score)
    return score.argsort(descending=True)
