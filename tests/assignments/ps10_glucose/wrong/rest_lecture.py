"""The lecture's start, G_p k_1 / k_2, which is at rest only if tissue uses nothing.

task: ps10-rest-tests
message: where the lecture starts
"""


# %% ps10-rest
def rest(G_b, p):
    used = p["EGP_b"] - p["F_cns"]
    G_p = G_b * p["V_G"]
    return G_p, p["k_1"] * G_p / p["k_2"], used
