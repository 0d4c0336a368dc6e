"""The tissue is reckoned from the concentration.

task: ps10-rest-tests
message: concentration stands where the mass
"""


# %% ps10-rest
def rest(G_b, p):
    used = p["EGP_b"] - p["F_cns"]
    G_p = G_b * p["V_G"]
    return G_p, (p["k_1"] * G_b - used) / p["k_2"], used
