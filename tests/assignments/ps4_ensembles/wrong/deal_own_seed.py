"""A seed of its own.

task: ps4-deal-tests
message: seeded again
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles) % members
    if not redraw:
        return fixed.expand(horizon, -1)
    generator = torch.Generator().manual_seed(0)
    return fixed[torch.rand(horizon, particles, generator=generator).argsort(dim=1)]
