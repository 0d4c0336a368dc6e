"""Of equals the last is taken (>=).

task: ps2-choose-tests
message: last of equals
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = evaluate(actions)
    best = 0
    for k in range(len(returns)):
        if returns[k] >= returns[best]:
            best = k
    return actions[best], returns[best]
