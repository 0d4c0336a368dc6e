"""The first action is appended instead of the last.

task: ps3-shift-tests
message: already spent came back
"""
# %% ps3-shift
def shift(actions, steps=1):

    left = actions[steps:]
    return torch.cat([left, actions[:1].repeat(len(actions) - len(left), 1)])
