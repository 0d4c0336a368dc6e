"""Particles that cannot be shared evenly are taken.

task: ps4-deal-tests
message: not shared evenly
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    fixed = torch.arange(particles) % members
    if not redraw:
        return fixed.expand(horizon, -1)
    return fixed[torch.rand(horizon, particles, generator=generator).argsort(dim=1)]
