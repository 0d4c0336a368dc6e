"""One sample is drawn; each member's is the neighbour's rows.

task: ps4-bootstrap-tests
message: independent|own
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    one = torch.randint(rows, (rows,), generator=generator)
    return torch.stack([(one + e) % rows for e in range(members)])
