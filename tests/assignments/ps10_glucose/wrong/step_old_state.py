"""All four rates are asked for at the old state.

task: ps10-step-tests
message: all four are asked for at the old state
"""


# %% ps10-step
def rk4_step(rate, x, u, h):
    a = rate(x, u)
    b = rate(x, u)
    c = rate(x, u)
    d = rate(x, u)
    return x + h / 6 * (a + 2 * b + 2 * c + d)
