"""The coefficients in place of the roots.

task: ps9-slowest-tests
message: coefficients
"""


# %% ps9-slowest
def slowest(theta):
    modulus = max(abs(float(theta[3])), abs(float(theta[4])))
    return modulus, modulus < 1
