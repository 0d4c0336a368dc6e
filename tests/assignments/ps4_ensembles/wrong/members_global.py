"""torch's global generator is used.

task: ps4-members-tests
message: global random generator
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            parameters.append((2 * torch.rand(members, rows, outputs) - 1) / math.sqrt(inputs))
    return parameters
