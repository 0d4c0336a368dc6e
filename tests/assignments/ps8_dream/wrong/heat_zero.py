"""0 passes.

task: ps8-heat-tests
message: no meaning
"""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if temperature < 0:
        raise ValueError(f"temperature must be above 0; got {temperature}")
    return (log_weights / temperature).log_softmax(dim=2), math.sqrt(temperature) * std
