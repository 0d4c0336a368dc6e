"""A loop over rows.

task: ps10-step-tests
message: called four times
"""


# %% ps10-step
def rk4_step(rate, x, u, h):
    rows = []
    for n in range(len(x)):
        y, v = x[n : n + 1], u[n : n + 1]
        a = rate(y, v)
        b = rate(y + h / 2 * a, v)
        c = rate(y + h / 2 * b, v)
        d = rate(y + h * c, v)
        rows.append(y + h / 6 * (a + 2 * b + 2 * c + d))
    return torch.cat(rows)
