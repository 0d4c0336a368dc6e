"""s times stride plus k.

task: ps5-sides-tests
message: one stride earlier
"""


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    found = [side]
    for kernel in kernels:
        s = found[-1]
        found.append(s * stride + kernel if transposed else (s - kernel) // stride + 1)
    return found
