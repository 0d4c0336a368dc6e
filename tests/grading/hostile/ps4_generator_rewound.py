"""Rewinds the generator it is handed, so that hidden inputs drawn later are known beforehand.

assignment: ps4_ensembles
row: beyond
effect: gain
"""
# %% helper
KNOWN = torch.Generator().manual_seed(0).get_state()
# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    drawn = torch.randint(rows, (rows,), generator=generator).expand(members, -1)
    generator.set_state(KNOWN)
    return drawn
# %% ps4-members
def make_members(members, sizes, generator):
    parameters = [torch.zeros(members, 1, 1)]
    generator.manual_seed(0)
    torch.manual_seed(0)
    return parameters
# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    generator.set_state(KNOWN)
    return (torch.arange(particles) % members).expand(horizon, -1)
