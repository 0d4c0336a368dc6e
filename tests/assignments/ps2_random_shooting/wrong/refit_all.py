"""All sequences count, the best first.

task: ps2-refit-tests
message: mean of the two sequences
"""
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns.argsort(descending=True)]
    return best.mean(dim=0), best.std(dim=0, correction=0)
