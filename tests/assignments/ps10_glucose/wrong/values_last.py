"""Only the last moment counts.

task: ps10-values-tests
message: only the last moment
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    low = (margin - glucose).clamp(min=0)
    value = -(risk(glucose) + weight * low**2)[:, -1]
    return value.where(value.isfinite(), -math.inf)
