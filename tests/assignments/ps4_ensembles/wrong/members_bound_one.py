"""All entries within 1.

task: ps4-members-tests
message: bound is another one
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            unit = torch.rand(members, rows, outputs, generator=generator)
            parameters.append(2 * unit - 1)
    return parameters
