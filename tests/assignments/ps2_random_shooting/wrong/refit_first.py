"""The first sequences, unsorted.

task: ps2-refit-tests
message: whatever their returns are
"""
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[:elites]
    return best.mean(dim=0), best.std(dim=0, correction=0)
