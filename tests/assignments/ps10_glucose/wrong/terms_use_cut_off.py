"""The tissue's use is cut off at 0 as well; the formula has no maximum there.

task: ps10-terms-tests
message: no maximum here
"""


# %% ps10-terms
def glucose_terms(G_p, G_t, Q_gut, X, I_d, p):
    EGP = torch.clamp(p["k_p1"] - p["k_p2"] * G_p - p["k_p3"] * I_d, min=0)
    Ra = 1000 * p["f"] * p["k_abs"] * Q_gut / p["body_weight"]
    U_id = torch.clamp((p["V_m0"] + p["V_mx"] * X) * G_t / (p["K_m0"] + G_t), min=0)
    E = torch.clamp(p["k_e1"] * (G_p - p["k_e2"]), min=0)
    return EGP, Ra, U_id, E
