"""The last doses stay as they were.

task: ps9-imagine-tests
message: do not move on
"""


# %% ps9-imagine
def imagine(theta, levels, given, doses, tsat):
    t1, t2, t3, t4, t5, t6, t0 = theta
    before, now = levels
    older, last = given
    path = []
    for h in range(len(tsat)):
        dose = doses[:, h]
        new = t1 * older + t2 * last + t3 * dose + t4 * before + t5 * now + t6 * tsat[h] + t0
        path.append(new)
        before, now = now, new
    return torch.stack(path, dim=1)
