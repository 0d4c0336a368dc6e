"""The sign of θ4.

task: ps9-slowest-tests
message: sign of θ4
"""


# %% ps9-slowest
def slowest(theta):
    roots = np.roots([1.0, -float(theta[4]), float(theta[3])])
    modulus = float(max(abs(roots)))
    return modulus, bool(modulus < 1)
