"""The plan is shifted the wrong way.

task: ps3-shift-tests
message: wrong way
"""
# %% ps3-shift
def shift(actions, steps=1):

    if steps == 0:
        return actions
    return torch.cat([actions[:1].repeat(steps, 1), actions])[: len(actions)]
