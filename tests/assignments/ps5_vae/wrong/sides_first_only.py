"""Each layer works on the first side.

task: ps5-sides-tests
message: first side
"""


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    found = [side]
    for kernel in kernels:
        if transposed:
            found.append((found[-1] - 1) * stride + kernel)
        else:
            found.append((side - kernel) // stride + 1)
    return found
