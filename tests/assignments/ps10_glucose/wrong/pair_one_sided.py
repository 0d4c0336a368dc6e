"""What leaves plasma does not arrive in the tissue.

task: ps10-pair-tests
message: exchange with plasma is missing
"""


# %% ps10-pair
def glucose_pair(G_p, G_t, EGP, U_ii, U_id, k_1, k_2):
    exchange = k_1 * G_p - k_2 * G_t
    return EGP - U_ii - exchange, -U_id
