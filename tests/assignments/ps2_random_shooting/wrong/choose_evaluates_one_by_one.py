"""Each candidate is evaluated by itself.

task: ps2-choose-tests
message: all K = 3 candidates at once
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = torch.cat([evaluate(sequence[None]) for sequence in actions])
    best = returns.argmax()
    return actions[best], returns[best]
