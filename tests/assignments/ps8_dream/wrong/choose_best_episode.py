"""By the best episode.

task: ps8-choose-tests
message: best single
"""


# %% ps8-choose
def choose(validation, test):
    best = max(validation, key=lambda temperature: float(validation[temperature].max()))
    returns = test[best]
    return best, returns.mean(), returns.std() / math.sqrt(len(returns))
