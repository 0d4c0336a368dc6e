"""Normalised over the latents.

task: ps8-heat-tests
message: over the latents|over the components
"""


# %% ps8-heat
def heat(log_weights, std, temperature):
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; got {temperature}")
    return (log_weights / temperature).log_softmax(dim=1), math.sqrt(temperature) * std
