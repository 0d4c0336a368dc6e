"""A pole at 1 is held for stable.

task: ps9-slowest-tests
message: only if that is below 1
"""


# %% ps9-slowest
def slowest(theta):
    half, under = float(theta[4]) / 2, float(theta[4]) ** 2 / 4 + float(theta[3])
    modulus = math.sqrt(-float(theta[3])) if under < 0 else abs(half) + math.sqrt(under)
    return modulus, modulus <= 1
