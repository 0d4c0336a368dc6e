"""One missing reading makes the index NaN.

task: ps10-judge-tests
message: counting f < 0 only
"""


# %% ps10-judge
def judge(glucose):
    readings = (~glucose.isnan()).sum(dim=1)
    f = 1.509 * (glucose.log() ** 1.084 - 5.381)
    risk = 10 * f**2
    return {
        "below": (glucose < 70).sum(dim=1) / readings,
        "in range": ((glucose >= 70) & (glucose <= 180)).sum(dim=1) / readings,
        "LBGI": (risk * (f < 0)).sum(dim=1) / readings,
        "HBGI": (risk * (f > 0)).sum(dim=1) / readings,
    }
