"""h is forgotten before the mean.

task: ps10-step-tests
message: h is missing before the mean
"""


# %% ps10-step
def rk4_step(rate, x, u, h):
    a = rate(x, u)
    b = rate(x + h / 2 * a, u)
    c = rate(x + h / 2 * b, u)
    d = rate(x + h * c, u)
    return x + 1 / 6 * (a + 2 * b + 2 * c + d)
