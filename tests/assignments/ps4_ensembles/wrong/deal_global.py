"""The global generator.

task: ps4-deal-tests
message: global random generator
"""


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError('uneven')
    fixed = torch.arange(particles) % members
    if not redraw:
        return fixed.expand(horizon, -1)
    return torch.stack([fixed[torch.randperm(particles)] for _ in range(horizon)])
