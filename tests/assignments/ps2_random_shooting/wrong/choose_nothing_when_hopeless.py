"""Nothing is returned when all returns are -inf.

task: ps2-choose-tests
message: array of numbers
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = evaluate(actions)
    best, best_return = None, -torch.inf
    for sequence, value in zip(actions, returns):
        if value > best_return:
            best, best_return = sequence, value
    return best, best_return
