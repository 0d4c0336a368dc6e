"""The other entries are 0.

task: ps5-traverse-tests
message: other entries are 0
"""


# %% ps5-traverse
def traverse(z, latent, values):
    rows = torch.zeros(len(values), len(z))
    rows[:, latent] = values
    return rows
