"""The first component whose sum is at least `uniform`: at 0 one of weight 0 may be drawn.

task: ps6-sample-tests
message: at least `uniform` is enough
"""


# %% ps6-sample
def sample_mixture(log_weights, mean, std, temperature, uniform, normal):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    weights = torch.softmax(log_weights / temperature, dim=2)
    chosen = torch.searchsorted(weights.cumsum(dim=2), uniform.unsqueeze(2))
    chosen = chosen.clamp(max=mean.shape[2] - 1)
    mu, sigma = (t.gather(2, chosen).squeeze(2) for t in (mean, std))
    return mu + math.sqrt(temperature) * sigma * normal
