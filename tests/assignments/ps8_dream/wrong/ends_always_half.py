"""A threshold of 0.5 always.

task: ps8-ends-tests
message: 0.5, whatever
"""


# %% ps8-ends
def ends(probability, threshold, uniform):
    threshold = 0.5
    return probability > threshold
