"""A moment in which any curve misses its reading is dropped for all curves.

task: ps10-judge-tests
message: one curve misses
"""


# %% ps10-judge
def judge(glucose):
    there = glucose[:, ~glucose.isnan().any(dim=0)]
    f = 1.509 * (torch.log(there) ** 1.084 - 5.381)
    risk = 10 * f**2
    return {
        "below": (there < 70).double().mean(dim=1),
        "in range": ((there >= 70) & (there <= 180)).double().mean(dim=1),
        "LBGI": (risk * (f < 0)).mean(dim=1),
        "HBGI": (risk * (f > 0)).mean(dim=1),
    }
