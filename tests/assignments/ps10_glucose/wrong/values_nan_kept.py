"""NaN is kept.

task: ps10-values-tests
message: NaN is kept
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    low = (margin - glucose).clamp(min=0)
    value = -(risk(glucose) + weight * low**2).sum(dim=1)
    return value
