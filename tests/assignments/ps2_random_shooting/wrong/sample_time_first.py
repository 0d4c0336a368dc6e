"""The horizon comes before the candidates.

task: ps2-sample-tests
message: shape must be [(]3, 4, 2[)]
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    return low + (high - low) * torch.rand(horizon, candidates, len(low), generator=generator)
