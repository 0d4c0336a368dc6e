"""The variance, not the standard deviation.

task: ps2-refit-tests
message: variance, not the standard deviation
"""
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns.topk(elites).indices]
    return best.mean(dim=0), best.var(dim=0, correction=0)
