"""TS1 whatever redraw says.

task: ps4-deal-tests
message: which is TS1
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles) % members
    return fixed[torch.rand(horizon, particles, generator=generator).argsort(dim=1)]
