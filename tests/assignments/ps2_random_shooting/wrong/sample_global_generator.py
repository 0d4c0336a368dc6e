"""The generator is not passed on to torch.rand.

task: ps2-sample-tests
message: global random generator
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    return low + (high - low) * torch.rand(candidates, horizon, len(low))
