"""Particles before time.

task: ps4-deal-tests
message: shape
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles) % members
    if not redraw:
        return fixed.expand(horizon, -1).T
    return fixed[torch.rand(horizon, particles, generator=generator).argsort(dim=1)].T
