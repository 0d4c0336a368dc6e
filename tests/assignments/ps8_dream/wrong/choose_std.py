"""The standard deviation.

task: ps8-choose-tests
message: standard error was
"""


# %% ps8-choose
def choose(validation, test):
    best = max(validation, key=lambda temperature: float(validation[temperature].mean()))
    returns = test[best]
    return best, returns.mean(), returns.std()
