"""A warm start is returned without comparing.

task: ps2-choose-tests
message: whatever its return is
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = evaluate(actions)
    best = 0 if warm_start is not None else returns.argmax()
    return actions[best], returns[best]
