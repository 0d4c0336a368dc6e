"""The average of the sequences is returned.

task: ps2-choose-tests
message: average of all sequences
"""
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = evaluate(actions)
    return actions.mean(dim=0), returns.max()
