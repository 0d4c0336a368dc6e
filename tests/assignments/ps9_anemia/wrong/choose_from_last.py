"""All changes from the last dose.

task: ps9-choose-tests
message: every change is taken from the last
"""


# %% ps9-choose
def choose(predicted, doses, last, target, cost):
    change = (doses - last).abs()
    returns = (-((predicted - target) ** 2) - cost * change).sum(dim=1)
    returns = torch.where(returns.isnan(), -math.inf, returns)
    return returns, float(doses[returns.argmax(), 0])
