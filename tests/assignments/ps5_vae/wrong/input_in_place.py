"""The caller's frames are inverted and back.

task: ps5-input-tests
message: changed in place
"""


# %% ps5-input
def to_input(frames):
    if frames.dtype != torch.uint8:
        raise ValueError("bytes")
    x = frames.permute(0, 3, 1, 2).float() / 255
    frames.zero_()
    return x
