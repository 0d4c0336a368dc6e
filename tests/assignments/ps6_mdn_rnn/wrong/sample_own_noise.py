"""The noise is drawn anew.

task: ps6-sample-tests
message: global
"""


# %% ps6-sample
def sample_mixture(log_weights, mean, std, temperature, uniform, normal):
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; got {temperature}")
    weights = (log_weights / temperature).softmax(dim=2)
    passed = weights.cumsum(dim=2)[:, :, :-1] <= uniform.unsqueeze(2)
    chosen = passed.sum(dim=2, keepdim=True)
    normal = torch.randn(normal.shape)
    center, spread = mean.gather(2, chosen).squeeze(2), std.gather(2, chosen).squeeze(2)
    return center + math.sqrt(temperature) * spread * normal
