"""One rate serves both directions.

task: ps10-pair-tests
message: one rate serves both
"""


# %% ps10-pair
def glucose_pair(G_p, G_t, EGP, U_ii, U_id, k_1, k_2):
    exchange = k_1 * (G_p - G_t)
    return EGP - U_ii - exchange, exchange - U_id
