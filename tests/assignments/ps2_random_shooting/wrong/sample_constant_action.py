"""One action per candidate, held over the horizon.

task: ps2-sample-tests
message: repeated over the horizon
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    u = torch.rand(candidates, 1, len(low), generator=generator)
    return (low + (high - low) * u).repeat(1, horizon, 1)
