"""The one that divides by n.

task: ps8-choose-tests
message: divides by n
"""


# %% ps8-choose
def choose(validation, test):
    best = max(validation, key=lambda temperature: float(validation[temperature].mean()))
    returns = test[best]
    return best, returns.mean(), returns.std(unbiased=False) / math.sqrt(len(returns))
