"""Only the bounds themselves are drawn.

task: ps2-sample-tests
message: whole numbers
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    u = torch.randint(0, 2, (candidates, horizon, len(low)), generator=generator)
    return low + (high - low) * u
