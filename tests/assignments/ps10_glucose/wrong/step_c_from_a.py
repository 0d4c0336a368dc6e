"""The third stage starts from the first rate.

task: ps10-step-tests
message: it must start from b
"""


# %% ps10-step
def rk4_step(rate, x, u, h):
    a = rate(x, u)
    b = rate(x + h / 2 * a, u)
    c = rate(x + h / 2 * a, u)
    d = rate(x + h * c, u)
    return x + h / 6 * (a + 2 * b + 2 * c + d)
