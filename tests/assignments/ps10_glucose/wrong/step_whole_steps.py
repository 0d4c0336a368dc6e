"""The half steps are whole.

task: ps10-step-tests
message: half step is missing
"""


# %% ps10-step
def rk4_step(rate, x, u, h):
    a = rate(x, u)
    b = rate(x + h * a, u)
    c = rate(x + h * b, u)
    d = rate(x + h * c, u)
    return x + h / 6 * (a + 2 * b + 2 * c + d)
