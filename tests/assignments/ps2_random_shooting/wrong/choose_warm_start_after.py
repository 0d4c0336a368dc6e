"""The warm start replaces the first candidate after the evaluation.

task: ps2-choose-tests
message: handed the warm start first
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    returns = evaluate(actions)
    if warm_start is not None:
        actions[0] = warm_start
    best = returns.argmax()
    return actions[best], returns[best]
