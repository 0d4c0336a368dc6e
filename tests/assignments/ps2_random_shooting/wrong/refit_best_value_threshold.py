"""At least the mean return counts as elite.

task: ps2-refit-tests
message: elites
"""
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns >= returns.mean()]
    return best.mean(dim=0), best.std(dim=0, correction=0)
