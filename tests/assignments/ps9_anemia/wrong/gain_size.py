"""The size of each difference: patients who do worse count as a gain.

task: ps9-gain-tests
message: size of each difference
"""


# %% ps9-gain
def gain(mine, other):
    def share(x):
        return ((x >= 11) & (x <= 12)).double().mean(dim=1)

    d = (share(mine) - share(other)).abs()
    return d.mean(), d.std() / math.sqrt(len(d))
