"""Members are the second dimension.

task: ps4-bootstrap-tests
message: shape
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    return torch.randint(rows, (rows, members), generator=generator)
