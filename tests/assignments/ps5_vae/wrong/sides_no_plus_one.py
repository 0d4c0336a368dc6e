"""The first window is not counted.

task: ps5-sides-tests
message: [+] 1 is missing
"""


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    found = [side]
    for kernel in kernels:
        s = found[-1]
        found.append((s - 1) * stride + kernel if transposed else (s - kernel) // stride)
    return found
