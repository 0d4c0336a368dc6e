"""Whether it settles is read off the sum of the coefficients, not off the modulus.

task: ps9-slowest-tests
message: coefficients' sum
"""


# %% ps9-slowest
def slowest(theta):
    four, five = theta[3], theta[4]
    square = five**2 + 4 * four
    if square < 0:
        modulus = torch.sqrt(-four)
    else:
        modulus = torch.maximum((five + square.sqrt()).abs(), (five - square.sqrt()).abs()) / 2
    return float(modulus), bool(four + five < 1)
