"""The noise is multiplied by the logarithm.

task: ps5-sample-tests
message: mean
"""


# %% ps5-sample
def sample_latent(features, generator):
    mean, log_variance = features.chunk(2, dim=1)
    return mean + log_variance * torch.randn(mean.shape, generator=generator)
