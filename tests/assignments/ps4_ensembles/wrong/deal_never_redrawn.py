"""redraw is not looked at.

task: ps4-deal-tests
message: which is TS-infinity
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles) % members
    return fixed.expand(horizon, -1)
