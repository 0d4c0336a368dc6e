"""Members are counted from 1.

task: ps4-deal-tests
message: counted from 1
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles) % members
    fixed = fixed + 1
    if not redraw:
        return fixed.expand(horizon, -1)
    return fixed[torch.rand(horizon, particles, generator=generator).argsort(dim=1)]
