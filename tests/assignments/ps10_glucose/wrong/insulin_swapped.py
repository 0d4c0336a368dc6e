"""Plasma and liver are swapped.

task: ps10-insulin-tests
message: plasma and liver are swapped
"""


# %% ps10-insulin
def insulin_flow(I_sc1, I_sc2, I_p, I_l, rate, p):
    given = 6000 * rate / 60 / p["body_weight"]
    m_30 = p["HE_b"] * p["m_1"] / (1 - p["HE_b"])
    return (
        given - (p["k_d"] + p["k_a1"]) * I_sc1,
        p["k_d"] * I_sc1 - p["k_a2"] * I_sc2,
        p["m_1"] * I_p - (p["m_2"] + p["m_4"]) * I_l + p["k_a1"] * I_sc1 + p["k_a2"] * I_sc2,
        p["m_2"] * I_p - (p["m_1"] + m_30) * I_l,
    )
