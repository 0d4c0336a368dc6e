"""Nothing between the layers.

task: ps4-forward-tests
message: no activation between
"""


# %% ps4-forward
def forward(parameters, x):
    for layer in range(0, len(parameters), 2):
        weights, biases = parameters[layer], parameters[layer + 1]
        if layer:
            x = x
        x = x @ weights + biases
    return x
