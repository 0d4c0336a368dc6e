"""`if threshold` takes a threshold of 0 for none.

task: ps8-ends-tests
message: although there is a threshold
"""


# %% ps8-ends
def ends(probability, threshold, uniform):
    if threshold:
        return probability > threshold
    return probability > uniform
