"""argmax over where the sum is above `uniform`: if rounding leaves it above nowhere, it says 0.

task: ps6-sample-tests
message: more than any `uniform`
"""


# %% ps6-sample
def sample_mixture(log_weights, mean, std, temperature, uniform, normal):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    weights = torch.softmax(log_weights / temperature, dim=2)
    above = weights.cumsum(dim=2) > uniform[..., None]
    chosen = above.int().argmax(dim=2, keepdim=True)
    mu, sigma = mean.gather(2, chosen)[..., 0], std.gather(2, chosen)[..., 0]
    return mu + math.sqrt(temperature) * sigma * normal
