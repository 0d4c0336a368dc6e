"""The real parts of the roots.

task: ps9-slowest-tests
message: real part
"""


# %% ps9-slowest
def slowest(theta):
    roots = np.roots([1.0, -float(theta[4]), -float(theta[3])])
    modulus = float(max(abs(roots.real)))
    return modulus, bool(modulus < 1)
