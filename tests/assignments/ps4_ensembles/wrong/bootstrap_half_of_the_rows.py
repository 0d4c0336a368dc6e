"""Half of the rows, each of them twice.

task: ps4-bootstrap-tests
message: 63 %
"""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    half = [torch.randperm(rows, generator=generator)[: (rows + 1) // 2] for _ in range(members)]
    return torch.stack([torch.cat([h, h])[:rows] for h in half])
