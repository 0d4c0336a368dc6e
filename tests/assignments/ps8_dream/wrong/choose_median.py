"""Chooses by the median, not by the mean.

task: ps8-choose-tests
message: by the median
"""


# %% ps8-choose
def choose(validation, test):
    best = max(validation, key=lambda t: float(validation[t].median()))
    returns = test[best]
    return best, returns.mean(), returns.std() / math.sqrt(len(returns))
