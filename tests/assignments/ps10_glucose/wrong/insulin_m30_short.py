"""m_30 is not divided by 1 - HE_b.

task: ps10-insulin-tests
message: not divided by 1 - HE_b
"""


# %% ps10-insulin
def insulin_flow(I_sc1, I_sc2, I_p, I_l, rate, p):
    given = 6000 * rate / 60 / p["body_weight"]
    m_30 = p["HE_b"] * p["m_1"]
    return (
        given - (p["k_d"] + p["k_a1"]) * I_sc1,
        p["k_d"] * I_sc1 - p["k_a2"] * I_sc2,
        p["m_1"] * I_l - (p["m_2"] + p["m_4"]) * I_p + p["k_a1"] * I_sc1 + p["k_a2"] * I_sc2,
        p["m_2"] * I_p - (p["m_1"] + m_30) * I_l,
    )
