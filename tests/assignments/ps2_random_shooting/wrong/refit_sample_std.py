"""torch.std as it is: divides by n - 1, NaN for one elite.

task: ps2-refit-tests
message: divides by n - 1
"""
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns.topk(elites).indices]
    return best.mean(dim=0), best.std(dim=0)
