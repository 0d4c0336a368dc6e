"""Each stage starts from the state of the one before, not from x.

task: ps10-step-tests
message: each starts from x
"""


# %% ps10-step
def rk4_step(rate, x, u, h):
    a = rate(x, u)
    y = x + h / 2 * a
    b = rate(y, u)
    y = y + h / 2 * b
    c = rate(y, u)
    y = y + h * c
    d = rate(y, u)
    return x + h / 6 * (a + 2 * b + 2 * c + d)
