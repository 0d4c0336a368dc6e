"""The standard error.

task: ps4-disagreement-tests
message: standard error
"""


# %% ps4-disagreement
def disagreement(mean):
    return mean.std(dim=0, correction=0) / len(mean) ** 0.5
