"""One sequence is repeated for all candidates.

task: ps2-sample-tests
message: repeated for all candidates|mean of each dimension
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    u = torch.rand(1, horizon, len(low), generator=generator)
    return (low + (high - low) * u).repeat(candidates, 1, 1)
