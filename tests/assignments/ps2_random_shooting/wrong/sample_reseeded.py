"""The generator is set back to its first seed in every call.

task: ps2-sample-tests
message: seeded again
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    own = torch.Generator().manual_seed(generator.initial_seed())
    return low + (high - low) * torch.rand(candidates, horizon, len(low), generator=own)
