"""The best plan is taken before NaN has become -inf: argmax takes NaN for the largest.

task: ps9-choose-tests
message: argmax takes for the largest
"""


# %% ps9-choose
def choose(predicted, doses, last, target, cost):
    before = torch.cat([torch.full((len(doses), 1), last), doses[:, :-1]], dim=1)
    returns = -((predicted - target) ** 2).sum(dim=1) - cost * (doses - before).abs().sum(dim=1)
    dose = doses[returns.argmax(), 0]
    returns[returns.isnan()] = -math.inf
    return returns, dose
