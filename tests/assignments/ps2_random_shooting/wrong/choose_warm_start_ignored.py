"""The warm start is ignored.

task: ps2-choose-tests
message: warm start is ignored
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    returns = evaluate(actions)
    best = returns.argmax()
    return actions[best], returns[best]
