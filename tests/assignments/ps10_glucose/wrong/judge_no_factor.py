"""The factor 10 is missing.

task: ps10-judge-tests
message: factor 10 is missing
"""


# %% ps10-judge
def judge(glucose):
    readings = (~glucose.isnan()).sum(dim=1)
    f = 1.509 * (glucose.log() ** 1.084 - 5.381)
    risk = f**2
    return {
        "below": (glucose < 70).sum(dim=1) / readings,
        "in range": ((glucose >= 70) & (glucose <= 180)).sum(dim=1) / readings,
        "LBGI": risk.where(f < 0, 0.0).sum(dim=1) / readings,
        "HBGI": risk.where(f > 0, 0.0).sum(dim=1) / readings,
    }
