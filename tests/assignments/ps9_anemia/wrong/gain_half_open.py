"""12.0 is not in range, as in a Python range.

task: ps9-gain-tests
message: 12.0 is in range
"""


# %% ps9-gain
def gain(mine, other):
    d = [
        ((m >= 11) & (m < 12)).double().mean() - ((o >= 11) & (o < 12)).double().mean()
        for m, o in zip(mine, other)
    ]
    d = torch.stack(d)
    return d.mean(), d.std() / len(d) ** 0.5
