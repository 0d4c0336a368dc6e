"""The numbers come as floats, by torch.Tensor(...): nothing can be indexed with them.

task: ps7-rank-tests
message: torch.Tensor
"""


# %% ps7-rank
def rank(table, risk):
    score = table.mean(dim=1) - risk * table.std(dim=1, correction=0)
    score = torch.where(score.isnan(), -math.inf, score).tolist()
    return torch.Tensor(sorted(range(len(score)), key=lambda k: -score[k]))
