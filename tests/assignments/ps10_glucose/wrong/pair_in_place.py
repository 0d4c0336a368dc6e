"""What the brain uses is taken off the caller's EGP.

task: ps10-pair-tests
message: changed in place
"""


# %% ps10-pair
def glucose_pair(G_p, G_t, EGP, U_ii, U_id, k_1, k_2):
    exchange = k_1 * G_p - k_2 * G_t
    EGP -= U_ii
    return EGP - exchange, exchange - U_id
