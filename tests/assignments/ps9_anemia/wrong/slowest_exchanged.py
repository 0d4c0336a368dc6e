"""θ4 and θ5 exchanged.

task: ps9-slowest-tests
message: exchanged
"""


# %% ps9-slowest
def slowest(theta):
    roots = np.roots([1.0, -float(theta[3]), -float(theta[4])])
    modulus = float(max(abs(roots)))
    return modulus, bool(modulus < 1)
