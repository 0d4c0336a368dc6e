"""The smallest return.

task: ps9-choose-tests
message: worst plan
"""


# %% ps9-choose
def choose(predicted, doses, last, target, cost):
    first = torch.full((len(doses), 1), last)
    change = torch.cat([first, doses], dim=1).diff(dim=1).abs()
    returns = (-((predicted - target) ** 2) - cost * change).sum(dim=1)
    returns = torch.where(returns.isnan(), -math.inf, returns)
    return returns, float(doses[returns.argmin(), 0])
