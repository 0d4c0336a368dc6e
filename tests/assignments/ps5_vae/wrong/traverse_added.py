"""The values are added.

task: ps5-traverse-tests
message: added
"""


# %% ps5-traverse
def traverse(z, latent, values):
    rows = z.repeat(len(values), 1)
    rows[:, latent] += values
    return rows
