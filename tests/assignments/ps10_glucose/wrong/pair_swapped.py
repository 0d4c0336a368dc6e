"""k_1 and k_2 are swapped.

task: ps10-pair-tests
message: k_1 and k_2 are swapped
"""


# %% ps10-pair
def glucose_pair(G_p, G_t, EGP, U_ii, U_id, k_1, k_2):
    exchange = k_2 * G_p - k_1 * G_t
    return EGP - U_ii - exchange, exchange - U_id
