"""torch's own default: the sample's standard deviation.

task: ps4-disagreement-tests
message: divisor E - 1
"""


# %% ps4-disagreement
def disagreement(mean):
    return mean.std(dim=0)
