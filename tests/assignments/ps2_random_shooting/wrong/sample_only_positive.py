"""low + high * u instead of low + (high - low) * u.

task: ps2-sample-tests
message: between low and high|another interval
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    return low + high * torch.rand(candidates, horizon, len(low), generator=generator)
