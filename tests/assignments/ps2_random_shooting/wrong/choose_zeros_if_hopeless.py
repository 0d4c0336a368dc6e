"""When every return is -inf, zeros come back; the first candidate was asked for.

task: ps2-choose-tests
message: all returns are -inf, the first
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample().clone()
    if warm_start is not None:
        actions[0] = warm_start
    returns = evaluate(actions)
    best = returns.argmax()
    if returns[best] == -math.inf:
        return torch.zeros_like(actions[0]), returns[best]
    return actions[best], returns[best]
