"""The nearer root.

task: ps9-slowest-tests
message: nearer root
"""


# %% ps9-slowest
def slowest(theta):
    roots = np.roots([1.0, -float(theta[4]), -float(theta[3])])
    modulus = float(min(abs(roots)))
    return modulus, bool(modulus < 1)
