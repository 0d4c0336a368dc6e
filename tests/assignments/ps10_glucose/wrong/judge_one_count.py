"""Readings are counted once for all curves.

task: ps10-judge-tests
message: of its own
"""


# %% ps10-judge
def judge(glucose):
    missing = glucose.isnan()
    T = (~missing).sum() / len(glucose)
    f = 1.509 * (torch.log(glucose) ** 1.084 - 5.381)
    f = torch.where(missing, 0.0, f)
    return {
        "below": (glucose < 70).sum(dim=1) / T,
        "in range": ((glucose >= 70) & (glucose <= 180)).sum(dim=1) / T,
        "LBGI": 10 * (f.clamp(max=0) ** 2).sum(dim=1) / T,
        "HBGI": 10 * (f.clamp(min=0) ** 2).sum(dim=1) / T,
    }
