"""NumPy draws, seeded with the generator's first seed: each call with one generator draws the same.

task: ps2-sample-tests
message: seeded again inside
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    rng = np.random.default_rng(generator.initial_seed())
    u = torch.as_tensor(rng.random((candidates, horizon, len(low))), dtype=low.dtype)
    return low + (high - low) * u
