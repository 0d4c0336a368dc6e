"""Divides by 255 only where a frame has a number above 1: a black frame with a 1 in it keeps it.

task: ps5-input-tests
message: almost black frame
"""


# %% ps5-input
def to_input(frames):
    if frames.dtype != torch.uint8:
        raise ValueError("frames must be uint8")
    x = frames.permute(0, 3, 1, 2).float()
    if x.max() > 1:
        x = x / 255
    return x
