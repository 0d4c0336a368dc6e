"""Each member gets a permutation of all rows.

task: ps4-bootstrap-tests
message: without replacement
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    return torch.stack([torch.randperm(rows, generator=generator) for _ in range(members)])
