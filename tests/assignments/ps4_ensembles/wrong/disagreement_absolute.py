"""The mean absolute distance.

task: ps4-disagreement-tests
message: mean absolute distance
"""


# %% ps4-disagreement
def disagreement(mean):
    return (mean - mean.mean(dim=0)).abs().mean(dim=0)
