"""The last stage is half a step ahead.

task: ps10-step-tests
message: d is asked for half a step ahead
"""


# %% ps10-step
def rk4_step(rate, x, u, h):
    a = rate(x, u)
    b = rate(x + h / 2 * a, u)
    c = rate(x + h / 2 * b, u)
    d = rate(x + h / 2 * c, u)
    return x + h / 6 * (a + 2 * b + 2 * c + d)
