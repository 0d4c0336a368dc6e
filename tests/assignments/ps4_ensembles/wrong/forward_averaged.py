"""Returns the mean over members.

task: ps4-forward-tests
message: averaged over members
"""


# %% ps4-forward
def forward(parameters, x):
    for layer in range(0, len(parameters), 2):
        weights, biases = parameters[layer], parameters[layer + 1]
        if layer:
            x = torch.nn.functional.silu(x)
        x = x @ weights + biases
    return x.mean(dim=0, keepdim=True).expand_as(x)
