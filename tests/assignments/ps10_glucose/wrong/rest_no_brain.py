"""What the brain uses is forgotten.

task: ps10-rest-tests
message: F_cns is missing
"""


# %% ps10-rest
def rest(G_b, p):
    used = p["EGP_b"]
    G_p = G_b * p["V_G"]
    return G_p, (p["k_1"] * G_p - used) / p["k_2"], used
