"""Rows are counted from 1.

task: ps4-bootstrap-tests
message: counted from 1
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    return torch.randint(1, rows + 1, (members, rows), generator=generator)
