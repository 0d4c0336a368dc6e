"""The weights at a temperature are not normalised again: their sums are compared as they are.

task: ps6-sample-tests
message: not normalised again
"""


# %% ps6-sample
def sample_mixture(log_weights, mean, std, temperature, uniform, normal):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    weights = torch.exp(log_weights / temperature)
    chosen = (weights.cumsum(dim=2) <= uniform[..., None]).sum(dim=2, keepdim=True)
    chosen = chosen.clamp(max=mean.shape[2] - 1)
    mu, sigma = mean.gather(2, chosen)[..., 0], std.gather(2, chosen)[..., 0]
    return mu + math.sqrt(temperature) * sigma * normal
