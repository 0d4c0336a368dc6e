"""0.5 where chance should decide.

task: ps8-ends-tests
message: above the limit|whatever
"""


# %% ps8-ends
def ends(probability, threshold, uniform):
    if threshold is None:
        threshold = 0.5
    return probability > threshold
