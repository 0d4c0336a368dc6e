"""The size of the summed change: going up and down again costs nothing.

task: ps9-choose-tests
message: up and down cancel
"""


# %% ps9-choose
def choose(predicted, doses, last, target, cost):
    changes = torch.diff(doses, dim=1, prepend=torch.full((len(doses), 1), last))
    returns = -((predicted - target) ** 2).sum(dim=1) - cost * changes.sum(dim=1).abs()
    returns = torch.where(returns.isnan(), -math.inf, returns)
    return returns, doses[returns.argmax(), 0]
