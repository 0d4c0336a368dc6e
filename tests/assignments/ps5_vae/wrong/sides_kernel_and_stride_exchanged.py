"""Windows of one stride at distances of a kernel, where convolutions are transposed.

task: ps5-sides-tests
message: changed places
"""


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    result = [side]
    for k in kernels:
        s = result[-1]
        result.append((s - 1) * k + stride if transposed else (s - k) // stride + 1)
    return result
