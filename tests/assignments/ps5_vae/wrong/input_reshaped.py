"""The numbers are poured into the new shape.

task: ps5-input-tests
message: poured
"""


# %% ps5-input
def to_input(frames):
    if frames.dtype != torch.uint8:
        raise ValueError("bytes")
    B, H, W, C = frames.shape
    return frames.reshape(B, C, H, W).float() / 255
