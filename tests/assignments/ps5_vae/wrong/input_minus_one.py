"""Scaled to [-1, 1].

task: ps5-input-tests
message: -1, 1
"""


# %% ps5-input
def to_input(frames):
    if frames.dtype != torch.uint8:
        raise ValueError("bytes")
    return frames.permute(0, 3, 1, 2).float() / 127.5 - 1
