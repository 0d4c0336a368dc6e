"""The tissue holds more, not less, the more it uses.

task: ps10-rest-tests
message: the sign of EGP_b - F_cns
"""


# %% ps10-rest
def rest(G_b, p):
    used = p["EGP_b"] - p["F_cns"]
    G_p = G_b * p["V_G"]
    return G_p, (p["k_1"] * G_p + used) / p["k_2"], used
