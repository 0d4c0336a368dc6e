"""Biases have no dimension for the rows.

task: ps4-members-tests
message: biases
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            shape = (inputs, outputs) if len(parameters) % 2 == 0 else (outputs,)
            unit = torch.rand(members, *shape, generator=generator)
            parameters.append((2 * unit - 1) / math.sqrt(inputs))
    return parameters
