"""Every member is drawn from the same seed.

task: ps4-members-tests
message: same seed
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            each = []
            for _ in range(members):
                own = torch.Generator().manual_seed(generator.initial_seed())
                each.append((2 * torch.rand(rows, outputs, generator=own) - 1) / math.sqrt(inputs))
            parameters.append(torch.stack(each))
    return parameters
