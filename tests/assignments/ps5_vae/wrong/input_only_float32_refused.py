"""Only float32 is refused.

task: ps5-input-tests
message: refused
"""


# %% ps5-input
def to_input(frames):
    if frames.dtype == torch.float32:
        raise ValueError("bytes")
    return frames.permute(0, 3, 1, 2).float() / 255
