"""The spent actions come back at the end.

task: ps3-shift-tests
message: already spent came back
"""
# %% ps3-shift
def shift(actions, steps=1):
    return torch.roll(actions, -steps, dims=0)
