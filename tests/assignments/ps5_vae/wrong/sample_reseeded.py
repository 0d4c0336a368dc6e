"""The generator begins anew in each call.

task: ps5-sample-tests
message: seeded again
"""


# %% ps5-sample
def sample_latent(features, generator):
    fresh = torch.Generator().manual_seed(generator.initial_seed())
    mean, log_variance = features.chunk(2, dim=1)
    return mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=fresh)
