"""The widest bounds are used for all dimensions.

task: ps2-sample-tests
message: its own action dimension
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    lo, hi = low.min(), high.max()
    return lo + (hi - lo) * torch.rand(candidates, horizon, len(low), generator=generator)
