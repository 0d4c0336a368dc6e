"""Low glucose is rewarded.

task: ps10-values-tests
message: low glucose is rewarded
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    low = (margin - glucose).clamp(min=0)
    value = -(risk(glucose) - weight * low**2).sum(dim=1)
    return value.where(value.isfinite(), -math.inf)
