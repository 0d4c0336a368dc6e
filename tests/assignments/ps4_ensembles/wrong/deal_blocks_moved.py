"""Whole blocks are dealt to the members, so particles stay together.

task: ps4-deal-tests
message: blocks
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles) % members
    if not redraw:
        return fixed.expand(horizon, -1)
    blocks = torch.rand(horizon, members, generator=generator).argsort(dim=1)
    return blocks.repeat(1, particles // members)
