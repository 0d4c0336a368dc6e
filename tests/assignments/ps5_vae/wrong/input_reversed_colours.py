"""Blue comes first.

task: ps5-input-tests
message: reversed
"""


# %% ps5-input
def to_input(frames):
    if frames.dtype != torch.uint8:
        raise ValueError("bytes")
    return frames.flip(3).permute(0, 3, 1, 2).float() / 255
