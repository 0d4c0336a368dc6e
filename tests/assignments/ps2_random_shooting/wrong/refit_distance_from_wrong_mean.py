"""Distances are taken from the mean of all.

task: ps2-refit-tests
message: not from the elites' mean
"""
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns.topk(elites).indices]
    return best.mean(dim=0), (best - actions.mean(dim=0)).square().mean(dim=0).sqrt()
