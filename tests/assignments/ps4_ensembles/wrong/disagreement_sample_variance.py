"""The sample's variance.

task: ps4-disagreement-tests
message: sample's variance
"""


# %% ps4-disagreement
def disagreement(mean):
    return mean.var(dim=0)
