"""Members are one network, shifted a little for each.

task: ps4-members-tests
message: range|bound|made from another
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            one = torch.rand(1, rows, outputs, generator=generator)
            offset = torch.rand(members, 1, 1, generator=generator)
            parameters.append((2 * ((one + offset) % 1) - 1) / math.sqrt(inputs))
    return parameters
