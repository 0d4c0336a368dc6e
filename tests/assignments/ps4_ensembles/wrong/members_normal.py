"""Normal draws, which know no bound.

task: ps4-members-tests
message: not uniform
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            drawn = torch.randn(members, rows, outputs, generator=generator)
            parameters.append(drawn / math.sqrt(inputs))
    return parameters
