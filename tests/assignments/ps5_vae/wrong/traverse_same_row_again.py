"""A list with the same row V times: each value overwrites the one before, and z itself.

task: ps5-traverse-tests
message: changed in place
"""


# %% ps5-traverse
def traverse(z, latent, values):
    rows = [z] * len(values)
    for row, value in zip(rows, values):
        row[latent] = value
    return torch.stack(rows)
