"""The first member's weights are used for all.

task: ps4-forward-tests
message: first member's parameters
"""


# %% ps4-forward
def forward(parameters, x):
    for layer in range(0, len(parameters), 2):
        weights, biases = parameters[layer], parameters[layer + 1]
        if layer:
            x = torch.nn.functional.silu(x)
        x = x @ weights[0] + biases[0]
    return x
