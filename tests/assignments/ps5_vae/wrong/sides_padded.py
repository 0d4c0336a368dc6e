"""As if there were padding.

task: ps5-sides-tests
message: padding
"""


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    found = [side]
    for kernel in kernels:
        s = found[-1]
        found.append((s - 1) * stride + kernel if transposed else -(-s // stride))
    return found
