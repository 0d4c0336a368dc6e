"""A normal distribution clipped to the bounds.

task: ps2-sample-tests
message: clipped to the bounds is not uniform
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    noise = torch.randn(candidates, horizon, len(low), generator=generator)
    return ((low + high) / 2 + (high - low) / 2 * noise).clamp(low, high)
