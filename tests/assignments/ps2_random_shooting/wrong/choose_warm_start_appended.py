"""The warm start is added: K + 1 candidates.

task: ps2-choose-tests
message: K = 3 candidates
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions])
    returns = evaluate(actions)
    best = returns.argmax()
    return actions[best], returns[best]
