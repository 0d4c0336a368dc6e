"""Rows and members are taken for each other.

task: ps4-forward-tests
message: places|must not raise|shape
"""


# %% ps4-forward
def forward(parameters, x):
    for layer in range(0, len(parameters), 2):
        weights, biases = parameters[layer], parameters[layer + 1]
        if layer:
            x = torch.nn.functional.silu(x)
        x = (x.transpose(0, 1) @ weights + biases).transpose(0, 1)
    return x
