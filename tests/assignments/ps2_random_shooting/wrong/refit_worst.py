"""The worst sequences are kept.

task: ps2-refit-tests
message: smallest returns
"""
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns.argsort()[:elites]]
    return best.mean(dim=0), best.std(dim=0, correction=0)
