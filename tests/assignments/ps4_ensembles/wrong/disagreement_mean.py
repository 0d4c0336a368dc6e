"""The average.

task: ps4-disagreement-tests
message: average over members
"""


# %% ps4-disagreement
def disagreement(mean):
    return mean.mean(dim=0)
