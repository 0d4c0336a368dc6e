"""The fall below the margin is not squared.

task: ps10-values-tests
message: is not squared
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    low = (margin - glucose).clamp(min=0)
    value = -(risk(glucose) + weight * low).sum(dim=1)
    return value.where(value.isfinite(), -math.inf)
