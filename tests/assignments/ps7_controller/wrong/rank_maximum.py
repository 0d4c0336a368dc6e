"""The best episode.

task: ps7-rank-tests
message: best episode
"""


# %% ps7-rank
def rank(table, risk):
    score = table.max(dim=1).values
    score = torch.where(score.isnan(), -math.inf, score)
    return score.argsort(descending=True)
