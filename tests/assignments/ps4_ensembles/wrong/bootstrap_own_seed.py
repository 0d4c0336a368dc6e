"""The passed generator is ignored; one seed for good.

task: ps4-bootstrap-tests
message: passed in is not used
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    own = torch.Generator().manual_seed(0)
    return torch.randint(rows, (members, rows), generator=own)
