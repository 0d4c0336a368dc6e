"""U_id has the wrong sign.

task: ps10-rest-tests
message: the sign: the tissue uses it up
"""


# %% ps10-rest
def rest(G_b, p):
    used = p["EGP_b"] - p["F_cns"]
    G_p = G_b * p["V_G"]
    return G_p, (p["k_1"] * G_p - used) / p["k_2"], -used
