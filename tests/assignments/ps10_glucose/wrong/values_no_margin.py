"""Hypoglycaemia is ignored.

task: ps10-values-tests
message: margin is ignored
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    low = (margin - glucose).clamp(min=0)
    value = -(risk(glucose)).sum(dim=1)
    return value.where(value.isfinite(), -math.inf)
