"""One column for each value.

task: ps5-traverse-tests
message: one row for each value
"""


# %% ps5-traverse
def traverse(z, latent, values):
    rows = z.repeat(len(values), 1)
    rows[:, latent] = values
    return rows.T
