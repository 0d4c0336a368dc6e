"""The concentration is taken for the mass.

task: ps10-rest-tests
message: V_G is missing
"""


# %% ps10-rest
def rest(G_b, p):
    used = p["EGP_b"] - p["F_cns"]
    G_p = G_b
    return G_p, (p["k_1"] * G_p - used) / p["k_2"], used
