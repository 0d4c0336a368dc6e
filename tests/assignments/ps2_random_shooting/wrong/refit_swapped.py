"""Standard deviation first.

task: ps2-refit-tests
message: mean of the two sequences
"""
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns.topk(elites).indices]
    return best.std(dim=0, correction=0), best.mean(dim=0)
