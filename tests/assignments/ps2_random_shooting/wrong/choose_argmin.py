"""The smallest return: costs and returns mixed up.

task: ps2-choose-tests
message: returns are maximised
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = evaluate(actions)
    best = returns.argmin()
    return actions[best], returns[best]
