"""As if there were two groups of patients.

task: ps9-gain-tests
message: different patients
"""


# %% ps9-gain
def gain(mine, other):
    shares = [((x >= 11) & (x <= 12)).double().mean(dim=1) for x in (mine, other)]
    difference = shares[0] - shares[1]
    return difference.mean(), ((shares[0].var() + shares[1].var()) / len(difference)).sqrt()
