"""What is above the margin costs extra.

task: ps10-values-tests
message: wrong side
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    low = (glucose - margin).clamp(min=0)
    value = -(risk(glucose) + weight * low**2).sum(dim=1)
    return value.where(value.isfinite(), -math.inf)
