"""Both sides of the margin cost extra.

task: ps10-values-tests
message: both sides of the margin
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    low = (margin - glucose)
    value = -(risk(glucose) + weight * low**2).sum(dim=1)
    return value.where(value.isfinite(), -math.inf)
