"""nan_to_num, which makes large numbers of infinities.

task: ps10-values-tests
message: nan_to_num makes large numbers
"""


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    low = (margin - glucose).clamp(min=0)
    value = -(risk(glucose) + weight * low**2).sum(dim=1)
    return value.nan_to_num(nan=-math.inf)
