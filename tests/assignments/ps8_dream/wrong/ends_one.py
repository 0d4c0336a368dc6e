"""One answer for all.

task: ps8-ends-tests
message: one answer
"""


# %% ps8-ends
def ends(probability, threshold, uniform):
    if threshold is None:
        threshold = uniform
    return (probability > threshold).any()
