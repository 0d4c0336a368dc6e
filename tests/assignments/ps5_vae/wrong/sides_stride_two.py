"""The stride is 2 whatever was asked for.

task: ps5-sides-tests
message: torch's
"""


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    found = [side]
    for kernel in kernels:
        s = found[-1]
        found.append((s - 1) * 2 + kernel if transposed else (s - kernel) // 2 + 1)
    return found
