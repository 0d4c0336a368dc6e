"""The other minus mine.

task: ps9-gain-tests
message: other way round
"""


# %% ps9-gain
def gain(mine, other):
    shares = [((x >= 11) & (x <= 12)).double().mean(dim=1) for x in (mine, other)]
    difference = shares[0] - shares[1]
    return -difference.mean(), difference.std() / math.sqrt(len(difference))
