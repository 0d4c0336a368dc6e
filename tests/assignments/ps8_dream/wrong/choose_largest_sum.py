"""Chooses by the sum of the returns: a temperature with more episodes wins.

task: ps8-choose-tests
message: by the sum
"""


# %% ps8-choose
def choose(validation, test):
    best = max(validation, key=lambda t: float(validation[t].sum()))
    returns = test[best]
    return best, returns.mean(), returns.std() / math.sqrt(len(returns))
