"""One sample is drawn and only reordered for the others.

task: ps4-bootstrap-tests
message: same bootstrap sample
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    one = torch.randint(rows, (rows,), generator=generator)
    return torch.stack([one.roll(e) for e in range(members)])
