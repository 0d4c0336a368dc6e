"""All rates weigh the same.

task: ps10-step-tests
message: the same weight
"""


# %% ps10-step
def rk4_step(rate, x, u, h):
    a = rate(x, u)
    b = rate(x + h / 2 * a, u)
    c = rate(x + h / 2 * b, u)
    d = rate(x + h * c, u)
    return x + h / 4 * (a + b + c + d)
