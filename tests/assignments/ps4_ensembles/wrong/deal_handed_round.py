"""The particles go round in a fixed order.

task: ps4-deal-tests
message: fixed order
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles) % members
    if not redraw:
        return fixed.expand(horizon, -1)
    return torch.stack([fixed.roll(h) for h in range(horizon)])
