"""One sample is drawn and used for every member.

task: ps4-bootstrap-tests
message: same bootstrap sample
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    return torch.randint(rows, (rows,), generator=generator).expand(members, -1)
