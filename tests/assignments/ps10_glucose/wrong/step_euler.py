"""Euler's step.

task: ps10-step-tests
message: this is Euler's step
"""


# %% ps10-step
def rk4_step(rate, x, u, h):
    a = rate(x, u)
    return x + h * a
