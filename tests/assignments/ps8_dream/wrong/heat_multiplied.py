"""Multiplied.

task: ps8-heat-tests
message: multiplied by τ
"""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; got {temperature}")
    return (log_weights * temperature).log_softmax(dim=2), math.sqrt(temperature) * std
