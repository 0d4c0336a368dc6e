"""θ0 is read from the front.

task: ps9-imagine-tests
message: last entry of theta
"""


# %% ps9-imagine
def imagine(theta, levels, given, doses, tsat):
    t0, t1, t2, t3, t4, t5, t6 = theta
    before, now = levels
    older, last = given
    path = []
    for h in range(len(tsat)):
        dose = doses[:, h]
        new = t1 * older + t2 * last + t3 * dose + t4 * before + t5 * now + t6 * tsat[h] + t0
        path.append(new)
        before, now, older, last = now, new, last, dose
    return torch.stack(path, dim=1)
