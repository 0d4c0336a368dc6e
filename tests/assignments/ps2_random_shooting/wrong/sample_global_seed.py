"""A global seed is set and drawn from.

task: ps2-sample-tests
message: global random generator
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    torch.manual_seed(0)
    return low + (high - low) * torch.rand(candidates, horizon, len(low))
