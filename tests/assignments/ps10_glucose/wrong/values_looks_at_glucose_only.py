"""Looks for nonsense in the predictions, not in the value: a risk that is NaN goes through.

task: ps10-values-tests
message: among the predictions
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    below = torch.clamp(margin - glucose, min=0)
    value = -(risk(glucose) + weight * below**2).sum(dim=1)
    value[~torch.isfinite(glucose).all(dim=1)] = -math.inf
    return value
