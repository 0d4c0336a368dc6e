"""The first change is free.

task: ps9-choose-tests
message: change from the last dose is missing
"""


# %% ps9-choose
def choose(predicted, doses, last, target, cost):
    first = doses[:, :1]
    change = torch.cat([first, doses], dim=1).diff(dim=1).abs()
    returns = (-((predicted - target) ** 2) - cost * change).sum(dim=1)
    returns = torch.where(returns.isnan(), -math.inf, returns)
    return returns, float(doses[returns.argmax(), 0])
