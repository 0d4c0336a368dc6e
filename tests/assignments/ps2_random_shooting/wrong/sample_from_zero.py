"""The range starts at 0: high - low is forgotten.

task: ps2-sample-tests
message: another interval|between low and high
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    return high * torch.rand(candidates, horizon, len(low), generator=generator)
