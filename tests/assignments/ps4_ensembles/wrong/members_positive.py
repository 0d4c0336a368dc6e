"""rand is taken as it is: all entries are positive.

task: ps4-members-tests
message: all positive
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            unit = torch.rand(members, rows, outputs, generator=generator)
            parameters.append(unit / math.sqrt(inputs))
    return parameters
