"""f without 1.509.

task: ps10-judge-tests
message: without its factor 1.509
"""


# %% ps10-judge
def judge(glucose):
    readings = (~glucose.isnan()).sum(dim=1)
    f = glucose.log() ** 1.084 - 5.381
    risk = 10 * f**2
    return {
        "below": (glucose < 70).sum(dim=1) / readings,
        "in range": ((glucose >= 70) & (glucose <= 180)).sum(dim=1) / readings,
        "LBGI": risk.where(f < 0, 0.0).sum(dim=1) / readings,
        "HBGI": risk.where(f > 0, 0.0).sum(dim=1) / readings,
    }
