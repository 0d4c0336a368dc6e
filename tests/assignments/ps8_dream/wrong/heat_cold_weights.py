"""The weights stay.

task: ps8-heat-tests
message: keep their temperature
"""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; got {temperature}")
    return log_weights.clone(), math.sqrt(temperature) * std
