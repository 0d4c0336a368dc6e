"""At the limit too.

task: ps8-ends-tests
message: above the limit
"""


# %% ps8-ends
def ends(probability, threshold, uniform):
    if threshold is None:
        threshold = uniform
    return probability >= threshold
