"""NaN passes.

task: ps8-heat-tests
message: must be above 0
"""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if temperature <= 0:
        raise ValueError(f"temperature must be above 0; got {temperature}")
    return (log_weights / temperature).log_softmax(dim=2), math.sqrt(temperature) * std
