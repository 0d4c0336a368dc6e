"""The rows are shifted in place before the first layer.

task: ps4-forward-tests
message: changed in place
"""


# %% ps4-forward
def forward(parameters, x):
    for layer in range(0, len(parameters), 2):
        weights, biases = parameters[layer], parameters[layer + 1]
        if layer:
            x = torch.nn.functional.silu(x)
        x = (x.add_(1e-3) if layer == 0 else x) @ weights + biases
    return x
