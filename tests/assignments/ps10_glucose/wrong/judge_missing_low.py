"""Missing readings become 0 and count as low.

task: ps10-judge-tests
message: missing readings count as low
"""


# %% ps10-judge
def judge(glucose):
    glucose = glucose.nan_to_num(0.0)
    readings = (~glucose.isnan()).sum(dim=1)
    f = 1.509 * (glucose.log() ** 1.084 - 5.381)
    risk = 10 * f**2
    return {
        "below": (glucose < 70).sum(dim=1) / readings,
        "in range": ((glucose >= 70) & (glucose <= 180)).sum(dim=1) / readings,
        "LBGI": risk.where(f < 0, 0.0).sum(dim=1) / readings,
        "HBGI": risk.where(f > 0, 0.0).sum(dim=1) / readings,
    }
