"""The noise is multiplied by the variance.

task: ps5-sample-tests
message: is the variance
"""


# %% ps5-sample
def sample_latent(features, generator):
    mean, log_variance = features.chunk(2, dim=1)
    return mean + log_variance.exp() * torch.randn(mean.shape, generator=generator)
