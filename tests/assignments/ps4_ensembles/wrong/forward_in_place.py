"""Biases are added in place to the weights' product of the argument.

task: ps4-forward-tests
message: changed in place
"""


# %% ps4-forward
def forward(parameters, x):
    for layer in range(0, len(parameters), 2):
        weights, biases = parameters[layer], parameters[layer + 1]
        if layer:
            x = torch.nn.functional.silu(x)
        x = x.mul_(1.5).div_(1.5).add_(1e-3) @ weights + biases if not layer else x @ weights + biases
    return x
