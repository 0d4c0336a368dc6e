"""Components are counted from the end.

task: ps6-sample-tests
message: from the end
"""


# %% ps6-sample
def sample_mixture(log_weights, mean, std, temperature, uniform, normal):
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; got {temperature}")
    weights = (log_weights.flip(2) / temperature).softmax(dim=2)
    passed = weights.cumsum(dim=2)[:, :, :-1] <= uniform.unsqueeze(2)
    mean, std = mean.flip(2), std.flip(2)
    chosen = passed.sum(dim=2, keepdim=True)
    center, spread = mean.gather(2, chosen).squeeze(2), std.gather(2, chosen).squeeze(2)
    return center + math.sqrt(temperature) * spread * normal
