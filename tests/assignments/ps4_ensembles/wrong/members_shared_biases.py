"""Weights differ, biases are drawn once for all members.

task: ps4-members-tests
message: start alike
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            count = members if rows > 1 or inputs == 1 else 1
            unit = torch.rand(count, rows, outputs, generator=generator)
            parameters.append(((2 * unit - 1) / math.sqrt(inputs)).expand(members, -1, -1))
    return parameters
