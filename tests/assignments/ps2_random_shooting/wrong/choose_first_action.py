"""Only the first action is returned.

task: ps2-choose-tests
message: whole sequence
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = evaluate(actions)
    best = returns.argmax()
    return actions[best, 0], returns[best]
