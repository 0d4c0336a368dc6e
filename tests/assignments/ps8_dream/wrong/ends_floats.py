"""Numbers come back.

task: ps8-ends-tests
message: boolean
"""


# %% ps8-ends
def ends(probability, threshold, uniform):
    if threshold is None:
        threshold = uniform
    return (probability > threshold).float()
