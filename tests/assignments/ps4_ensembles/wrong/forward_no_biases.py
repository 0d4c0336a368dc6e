"""Biases are forgotten.

task: ps4-forward-tests
message: biases are left out
"""


# %% ps4-forward
def forward(parameters, x):
    for layer in range(0, len(parameters), 2):
        weights, biases = parameters[layer], parameters[layer + 1]
        if layer:
            x = torch.nn.functional.silu(x)
        x = x @ weights
    return x
