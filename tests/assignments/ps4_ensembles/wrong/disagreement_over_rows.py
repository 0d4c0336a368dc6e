"""Over rows instead of members.

task: ps4-disagreement-tests
message: members are gone
"""


# %% ps4-disagreement
def disagreement(mean):
    return mean.std(dim=1, correction=0)
