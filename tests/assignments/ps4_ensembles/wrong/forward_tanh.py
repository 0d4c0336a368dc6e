"""The wrong activation.

task: ps4-forward-tests
message: tanh
"""


# %% ps4-forward
def forward(parameters, x):
    for layer in range(0, len(parameters), 2):
        weights, biases = parameters[layer], parameters[layer + 1]
        if layer:
            x = torch.tanh(x)
        x = x @ weights + biases
    return x
