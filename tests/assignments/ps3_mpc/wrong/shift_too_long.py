"""More steps than H make the plan longer than H.

task: ps3-shift-tests
message: also when steps exceeds H
"""
# %% ps3-shift
def shift(actions, steps=1):

    return torch.cat([actions[steps:], actions[-1:].repeat(steps, 1)])
