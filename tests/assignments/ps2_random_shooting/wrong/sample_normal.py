"""A normal distribution without bounds.

task: ps2-sample-tests
message: normal distribution are not bounded
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    noise = torch.randn(candidates, horizon, len(low), generator=generator)
    return (low + high) / 2 + (high - low) / 2 * noise
