"""The other way round.

task: ps8-ends-tests
message: other way round
"""


# %% ps8-ends
def ends(probability, threshold, uniform):
    if threshold is None:
        threshold = uniform
    return probability <= threshold
