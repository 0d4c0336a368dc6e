"""float64 comes back.

task: ps5-input-tests
message: float64
"""


# %% ps5-input
def to_input(frames):
    if frames.dtype != torch.uint8:
        raise ValueError("bytes")
    return frames.permute(0, 3, 1, 2).double() / 255
