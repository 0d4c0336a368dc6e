"""The return is missing.

task: ps2-choose-tests
message: must hold 2 results
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = evaluate(actions)
    return actions[returns.argmax()]
