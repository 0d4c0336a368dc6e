"""Divides by the root of the number of validation episodes.

task: ps8-choose-tests
message: number of test returns
"""


# %% ps8-choose
def choose(validation, test):
    best = max(validation, key=lambda t: float(validation[t].mean()))
    returns = test[best]
    return best, returns.mean(), returns.std() / math.sqrt(len(validation[best]))
