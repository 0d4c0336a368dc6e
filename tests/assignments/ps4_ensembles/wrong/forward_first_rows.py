"""All members see the first one's rows.

task: ps4-forward-tests
message: first member's rows
"""


# %% ps4-forward
def forward(parameters, x):
    for layer in range(0, len(parameters), 2):
        weights, biases = parameters[layer], parameters[layer + 1]
        if layer:
            x = torch.nn.functional.silu(x)
        x = (x[:1] if not layer else x) @ weights + biases
    return x
