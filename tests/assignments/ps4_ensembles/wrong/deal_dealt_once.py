"""One random deal is kept in TS1.

task: ps4-deal-tests
message: which is TS-infinity
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles) % members
    if not redraw:
        return fixed.expand(horizon, -1)
    return fixed[torch.randperm(particles, generator=generator)].expand(horizon, -1)
