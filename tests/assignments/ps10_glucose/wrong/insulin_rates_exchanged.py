"""k_a1 and k_a2 are exchanged where insulin reaches plasma.

task: ps10-insulin-tests
message: exchanged
"""


# %% ps10-insulin
def insulin_flow(I_sc1, I_sc2, I_p, I_l, rate, p):
    s = rate * 6000 / 60 / p["body_weight"]
    m_30 = p["HE_b"] * p["m_1"] / (1 - p["HE_b"])
    d_sc1 = -(p["k_d"] + p["k_a1"]) * I_sc1 + s
    d_sc2 = p["k_d"] * I_sc1 - p["k_a2"] * I_sc2
    d_p = -(p["m_2"] + p["m_4"]) * I_p + p["m_1"] * I_l + p["k_a2"] * I_sc1 + p["k_a1"] * I_sc2
    d_l = -(p["m_1"] + m_30) * I_l + p["m_2"] * I_p
    return d_sc1, d_sc2, d_p, d_l
