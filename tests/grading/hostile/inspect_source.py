"""Asks inspect for the source of whoever calls.

assignment: ps2_random_shooting
row: reading the expected value from `In[-1]` or the caller's frame
effect: leak
"""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    import inspect, linecache
    for frame in inspect.stack()[1:]:
        print("".join(linecache.getlines(frame.filename)))
        print(frame.code_context)
    return low + (high - low) * torch.rand(candidates, horizon, len(low), generator=generator)
