"""The last layer has an activation too.

task: ps4-forward-tests
message: last layer must have no activation
"""


# %% ps4-forward
def forward(parameters, x):
    for layer in range(0, len(parameters), 2):
        weights, biases = parameters[layer], parameters[layer + 1]
        if layer:
            x = torch.nn.functional.silu(x)
        x = x @ weights + biases
    return torch.nn.functional.silu(x)
