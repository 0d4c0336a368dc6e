"""Predictions below 0 are cut off, and the model goes on from 0.

task: ps9-imagine-tests
message: cut off at 0
"""


# %% ps9-imagine
def imagine(theta, levels, given, doses, tsat):
    K, H = doses.shape
    before, now = levels[0].expand(K), levels[1].expand(K)
    u = torch.cat([given.expand(K, 2), doses], dim=1)
    path = []
    for h in range(H):
        new = theta[0] * u[:, h] + theta[1] * u[:, h + 1] + theta[2] * u[:, h + 2]
        new = new + theta[3] * before + theta[4] * now + theta[5] * tsat[h] + theta[6]
        before, now = now, new.clamp(min=0)
        path.append(now)
    return torch.stack(path, dim=1)
