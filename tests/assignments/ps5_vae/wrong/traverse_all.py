"""All entries are set.

task: ps5-traverse-tests
message: all entries
"""


# %% ps5-traverse
def traverse(z, latent, values):
    return values[:, None].repeat(1, len(z))
