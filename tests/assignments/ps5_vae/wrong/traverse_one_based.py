"""Entries are counted from 1.

task: ps5-traverse-tests
message: counted from 1
"""


# %% ps5-traverse
def traverse(z, latent, values):
    rows = z.repeat(len(values), 1)
    rows[:, latent - 1] = values
    return rows
