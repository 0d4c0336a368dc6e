"""One number is stretched to all dimensions.

task: ps2-sample-tests
message: stretched to every dimension
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    return low + (high - low) * torch.rand(candidates, horizon, 1, generator=generator)
