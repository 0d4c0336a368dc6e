"""What the tissue takes is subtracted after the division by k_2, not before.

task: ps10-rest-tests
message: brackets
"""


# %% ps10-rest
def rest(G_b, p):
    G_p = G_b * p["V_G"]
    U_id = p["EGP_b"] - p["F_cns"]
    G_t = p["k_1"] * G_p / p["k_2"] - U_id
    return G_p, G_t, U_id
