"""Refuses floating point only: whole numbers of other types pass.

task: ps5-input-tests
message: anything but bytes
"""


# %% ps5-input
def to_input(frames):
    if frames.is_floating_point():
        raise ValueError("frames must be bytes, not floats")
    return frames.permute(0, 3, 1, 2).to(torch.float32) / 255
