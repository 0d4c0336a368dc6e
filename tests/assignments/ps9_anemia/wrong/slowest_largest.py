"""The largest root, though a root may be negative.

task: ps9-slowest-tests
message: may be negative
"""


# %% ps9-slowest
def slowest(theta):
    roots = np.roots([1.0, -float(theta[4]), -float(theta[3])])
    modulus = float(max(roots.real) if max(abs(roots.imag)) == 0 else max(abs(roots)))
    return modulus, bool(max(abs(roots)) < 1)
