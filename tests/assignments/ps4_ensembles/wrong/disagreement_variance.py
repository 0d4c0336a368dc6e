"""The variance.

task: ps4-disagreement-tests
message: the variance; the standard deviation
"""


# %% ps4-disagreement
def disagreement(mean):
    return mean.var(dim=0, correction=0)
