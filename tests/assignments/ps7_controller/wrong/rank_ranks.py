"""The rank of each candidate.

task: ps7-rank-tests
message: ranks of the candidates
"""


# %% ps7-rank
def rank(table, risk):
    score = table.mean(dim=1) - risk * table.std(dim=1, unbiased=False)
    score = torch.where(score.isnan(), -math.inf, score)
    return score.argsort(descending=True).argsort()
