"""Without more insulin the tissue uses nothing.

task: ps10-terms-tests
message: V_m0, the uptake without
"""


# %% ps10-terms
def glucose_terms(G_p, G_t, Q_gut, X, I_d, p):
    EGP = (p["k_p1"] - p["k_p2"] * G_p - p["k_p3"] * I_d).clamp(min=0)
    Ra = p["f"] * p["k_abs"] * 1000 * Q_gut / p["body_weight"]
    U_id = p["V_mx"] * X * G_t / (p["K_m0"] + G_t)
    return EGP, Ra, U_id, (p["k_e1"] * (G_p - p["k_e2"])).clamp(min=0)
