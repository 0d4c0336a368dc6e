"""The generator is set back to its seed.

task: ps4-members-tests
message: seeded again
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    generator.manual_seed(generator.initial_seed())
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            unit = torch.rand(members, rows, outputs, generator=generator)
            parameters.append((2 * unit - 1) / math.sqrt(inputs))
    return parameters
