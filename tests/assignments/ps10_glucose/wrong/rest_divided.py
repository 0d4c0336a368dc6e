"""The concentration is divided by the volume.

task: ps10-rest-tests
message: divided by V_G
"""


# %% ps10-rest
def rest(G_b, p):
    used = p["EGP_b"] - p["F_cns"]
    G_p = G_b / p["V_G"]
    return G_p, (p["k_1"] * G_p - used) / p["k_2"], used
