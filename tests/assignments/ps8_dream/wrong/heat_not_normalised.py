"""Divided and left.

task: ps8-heat-tests
message: not normalised
"""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; got {temperature}")
    return log_weights / temperature, math.sqrt(temperature) * std
