"""Each particle draws a member alone.

task: ps4-deal-tests
message: draws its member alone
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles) % members
    if not redraw:
        return fixed.expand(horizon, -1)
    return torch.randint(members, (horizon, particles), generator=generator)
