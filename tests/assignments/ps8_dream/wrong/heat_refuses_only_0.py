"""Refuses a temperature of 0 only: a negative one passes.

task: ps8-heat-tests
message: must be above 0
"""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if not temperature:
        raise ValueError("temperature must not be 0")
    return torch.log_softmax(log_weights / temperature, dim=-1), std * abs(temperature) ** 0.5
