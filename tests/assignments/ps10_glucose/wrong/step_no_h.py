"""h is forgotten in the stages.

task: ps10-step-tests
message: asked for without h
"""


# %% ps10-step
def rk4_step(rate, x, u, h):
    a = rate(x, u)
    b = rate(x + a / 2, u)
    c = rate(x + b / 2, u)
    d = rate(x + c, u)
    return x + h / 6 * (a + 2 * b + 2 * c + d)
