"""The transposed formula is missing.

task: ps5-sides-tests
message: both directions
"""


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    found = [side]
    for kernel in kernels:
        found.append((found[-1] - kernel) // stride + 1)
    return found
