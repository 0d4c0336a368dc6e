"""New candidates are drawn after the evaluation.

task: ps2-choose-tests
message: sample must be called once
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    best = evaluate(sample()).argmax()
    actions = sample()
    return actions[best], evaluate(actions)[best]
