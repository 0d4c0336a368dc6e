"""Weights lie as in torch.nn.Linear: outputs first.

task: ps4-members-tests
message: shape must be
"""


# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            shape = (outputs, inputs) if rows > 1 else (1, outputs)
            unit = torch.rand(members, *shape, generator=generator)
            parameters.append((2 * unit - 1) / math.sqrt(inputs))
    return parameters
