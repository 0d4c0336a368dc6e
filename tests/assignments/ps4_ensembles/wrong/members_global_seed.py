"""A global seed is set.

task: ps4-members-tests
message: global random generator
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    torch.manual_seed(0)
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            unit = torch.rand(members, rows, outputs, generator=generator)
            parameters.append((2 * unit - 1) / math.sqrt(inputs))
    return parameters
