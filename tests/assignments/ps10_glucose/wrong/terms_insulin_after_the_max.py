"""Insulin's part is subtracted after the maximum: the liver's glucose falls below 0 again.

task: ps10-terms-tests
message: falls below 0
"""


# %% ps10-terms
def glucose_terms(G_p, G_t, Q_gut, X, I_d, p):
    EGP = torch.clamp(p["k_p1"] - p["k_p2"] * G_p, min=0) - p["k_p3"] * I_d
    Ra = 1000 * p["f"] * p["k_abs"] * Q_gut / p["body_weight"]
    U_id = (p["V_m0"] + p["V_mx"] * X) * G_t / (p["K_m0"] + G_t)
    E = torch.clamp(p["k_e1"] * (G_p - p["k_e2"]), min=0)
    return EGP, Ra, U_id, E
