"""The standard deviation that divides by N.

task: ps9-gain-tests
message: divides by N
"""


# %% ps9-gain
def gain(mine, other):
    shares = [((x >= 11) & (x <= 12)).double().mean(dim=1) for x in (mine, other)]
    difference = shares[0] - shares[1]
    return difference.mean(), difference.std(correction=0) / math.sqrt(len(difference))
