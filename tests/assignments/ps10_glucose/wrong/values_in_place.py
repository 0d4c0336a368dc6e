"""The predictions are cut off at the margin, for the caller, too.

task: ps10-values-tests
message: changed in place
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    low = (margin - glucose).clamp(min=0)
    glucose.clamp_(min=0)
    value = -(risk(glucose) + weight * low**2).sum(dim=1)
    return value.where(value.isfinite(), -math.inf)
