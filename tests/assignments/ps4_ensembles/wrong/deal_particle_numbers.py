"""Particles' numbers instead of members'.

task: ps4-deal-tests
message: particles' numbers
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles)
    if not redraw:
        return fixed.expand(horizon, -1)
    return fixed[torch.rand(horizon, particles, generator=generator).argsort(dim=1)]
