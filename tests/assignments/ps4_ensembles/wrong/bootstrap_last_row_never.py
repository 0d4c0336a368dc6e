"""The upper end is taken for included.

task: ps4-bootstrap-tests
message: as often
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    return torch.randint(max(rows - 1, 1), (members, rows), generator=generator)
