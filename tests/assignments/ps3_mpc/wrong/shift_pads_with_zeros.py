"""The end of the plan is filled with zeros.

task: ps3-shift-tests
message: filled with zeros
"""
# %% ps3-shift
def shift(actions, steps=1):

    left = actions[steps:]
    return torch.cat([left, torch.zeros(len(actions) - len(left), actions.shape[1])])
