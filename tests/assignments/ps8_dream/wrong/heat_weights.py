"""Weights, not logarithms.

task: ps8-heat-tests
message: these are the weights
"""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; got {temperature}")
    return (log_weights / temperature).softmax(dim=2), math.sqrt(temperature) * std
