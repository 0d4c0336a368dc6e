"""Only x1[k] moves on with the months; x1[k-1] stays the measured one.

task: ps9-imagine-tests
message: x1.k-1. does not move on
"""


# %% ps9-imagine
def imagine(theta, levels, given, doses, tsat):
    K, H = doses.shape
    result = torch.zeros(K, H)
    for k in range(K):
        before, now = levels
        older, last = given
        for h in range(H):
            row = torch.stack([older, last, doses[k, h], before, now, tsat[h], torch.tensor(1.0)])
            now = theta @ row
            older, last = last, doses[k, h]
            result[k, h] = now
    return result
