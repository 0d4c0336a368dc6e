"""The range.

task: ps4-disagreement-tests
message: range
"""


# %% ps4-disagreement
def disagreement(mean):
    return mean.amax(dim=0) - mean.amin(dim=0)
