"""The net flow goes from plasma to tissue only: where it would turn round, it is cut off.

task: ps10-pair-tests
message: not cut off at 0
"""


# %% ps10-pair
def glucose_pair(G_p, G_t, EGP, U_ii, U_id, k_1, k_2):
    flow = torch.clamp(k_1 * G_p - k_2 * G_t, min=0)
    return EGP - U_ii - flow, flow - U_id
