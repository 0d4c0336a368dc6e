"""All sequences at least as good as the last elite count, so ties let in more than asked for.

task: ps2-refit-tests
message: with ties
"""
# %% ps2-refit
def refit(actions, returns, elites):
    threshold = returns.sort(descending=True).values[elites - 1]
    best = actions[returns >= threshold]
    return best.mean(dim=0), best.std(dim=0, correction=0)
