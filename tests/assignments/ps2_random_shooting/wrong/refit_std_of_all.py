"""The standard deviation of all sequences.

task: ps2-refit-tests
message: not of the elites
"""
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns.topk(elites).indices]
    return best.mean(dim=0), actions.std(dim=0, correction=0)
