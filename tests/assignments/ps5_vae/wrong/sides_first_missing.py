"""The side at the beginning is missing.

task: ps5-sides-tests
message: four layers
"""


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    found = []
    for kernel in kernels:
        side = (side - 1) * stride + kernel if transposed else (side - kernel) // stride + 1
        found.append(side)
    return found
