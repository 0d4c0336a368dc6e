"""Divided by n.

task: ps8-choose-tests
message: not by its root
"""


# %% ps8-choose
def choose(validation, test):
    best = max(validation, key=lambda temperature: float(validation[temperature].mean()))
    returns = test[best]
    return best, returns.mean(), returns.std() / len(returns)
