"""The mean is taken off in place.

task: ps4-disagreement-tests
message: changed in place
"""


# %% ps4-disagreement
def disagreement(mean):
    return mean.sub_(mean.mean(dim=0)).square().mean(dim=0).sqrt()
