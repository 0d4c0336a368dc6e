"""The plan is shifted by one, whatever steps says.

task: ps3-shift-tests
message: one step whatever steps says
"""
# %% ps3-shift
def shift(actions, steps=1):
    return torch.cat([actions[1:], actions[-1:]])
