"""Chosen on the test.

task: ps8-choose-tests
message: on the test
"""


# %% ps8-choose
def choose(validation, test):
    best = max(test, key=lambda temperature: float(test[temperature].mean()))
    returns = test[best]
    return best, returns.mean(), returns.std() / math.sqrt(len(returns))
