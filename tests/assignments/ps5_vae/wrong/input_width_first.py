"""Width comes before height.

task: ps5-input-tests
message: height stays before width
"""


# %% ps5-input
def to_input(frames):
    if frames.dtype != torch.uint8:
        raise ValueError("bytes")
    return frames.permute(0, 3, 2, 1).float() / 255
