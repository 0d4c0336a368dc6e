"""Bytes are left from 0 to 255.

task: ps5-input-tests
message: not scaled
"""


# %% ps5-input
def to_input(frames):
    if frames.dtype != torch.uint8:
        raise ValueError("bytes")
    return frames.permute(0, 3, 1, 2).float()
