"""The returns it was chosen by.

task: ps8-choose-tests
message: was chosen by
"""


# %% ps8-choose
def choose(validation, test):
    best = max(validation, key=lambda temperature: float(validation[temperature].mean()))
    returns = validation[best]
    return best, returns.mean(), returns.std() / math.sqrt(len(returns))
