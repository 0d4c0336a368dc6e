"""The plan that was given is shifted in place.

task: ps3-shift-tests
message: in place
"""
# %% ps3-shift
def shift(actions, steps=1):

    for _ in range(steps):
        actions[:-1] = actions[1:].clone()
    return actions
