"""k_1 and k_2 are swapped.

task: ps10-rest-tests
message: k_1 and k_2 are swapped
"""


# %% ps10-rest
def rest(G_b, p):
    used = p["EGP_b"] - p["F_cns"]
    G_p = G_b * p["V_G"]
    return G_p, (p["k_2"] * G_p - used) / p["k_1"], used
