"""A cost to be minimised.

task: ps10-values-tests
message: a cost; what is asked for
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    low = (margin - glucose).clamp(min=0)
    value = (risk(glucose) + weight * low**2).sum(dim=1)
    return value.where(value.isfinite(), math.inf)
