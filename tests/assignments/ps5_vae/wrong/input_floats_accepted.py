"""Floats pass.

task: ps5-input-tests
message: either range
"""


# %% ps5-input
def to_input(frames):
    return frames.permute(0, 3, 1, 2).float() / 255
