"""Rounds to the nearest whole number in the place of rounding down; the paper's sides hide it.

task: ps5-sides-tests
message: nearest number
"""


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    result = [side]
    for k in kernels:
        s = result[-1]
        result.append((s - 1) * stride + k if transposed else round((s - k) / stride + 1))
    return result
