"""Row numbers come as floats.

task: ps4-bootstrap-tests
message: integer type
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    return torch.floor(rows * torch.rand(members, rows, generator=generator))
