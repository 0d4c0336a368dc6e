"""One number for all features.

task: ps4-disagreement-tests
message: shape
"""


# %% ps4-disagreement
def disagreement(mean):
    return mean.std(dim=0, correction=0).mean(dim=1)
