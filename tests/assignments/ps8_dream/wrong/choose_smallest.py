"""The smallest mean.

task: ps8-choose-tests
message: smallest
"""


# %% ps8-choose
def choose(validation, test):
    best = min(validation, key=lambda temperature: float(validation[temperature].mean()))
    returns = test[best]
    return best, returns.mean(), returns.std() / math.sqrt(len(returns))
