"""A seed of its own.

task: ps5-sample-tests
message: not used
"""


# %% ps5-sample
def sample_latent(features, generator):
    fresh = torch.Generator().manual_seed(0)
    mean, log_variance = features.chunk(2, dim=1)
    return mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=fresh)
