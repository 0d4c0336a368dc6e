"""The caller's z is changed.

task: ps5-traverse-tests
message: changed in place
"""


# %% ps5-traverse
def traverse(z, latent, values):
    rows = []
    for value in values:
        z[latent] = value
        rows.append(z.clone())
    return torch.stack(rows)
