"""Nothing returns from the tissue: k_2 is missing.

task: ps10-pair-tests
message: returns from the tissue, is missing
"""


# %% ps10-pair
def glucose_pair(G_p, G_t, EGP, U_ii, U_id, k_1, k_2):
    exchange = k_1 * G_p
    return EGP - U_ii - exchange, exchange - U_id
