"""Powers of weights underflow.

task: ps8-heat-tests
message: over the components
"""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; got {temperature}")
    return torch.log(log_weights.exp() ** (1 / temperature) / (log_weights.exp() ** (1 / temperature)).sum(dim=2, keepdim=True)), math.sqrt(temperature) * std
