"""Mean and std over steps too: two numbers.

task: ps2-refit-tests
message: each step and action dimension
"""
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns.topk(elites).indices]
    return best.mean(), best.std(correction=0)
