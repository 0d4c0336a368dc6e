"""Chance always decides.

task: ps8-ends-tests
message: chance decides although
"""


# %% ps8-ends
def ends(probability, threshold, uniform):
    threshold = uniform
    return probability > threshold
