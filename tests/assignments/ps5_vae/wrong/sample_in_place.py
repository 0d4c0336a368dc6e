"""The features are changed.

task: ps5-sample-tests
message: changed in place
"""


# %% ps5-sample
def sample_latent(features, generator):
    mean, log_variance = features.chunk(2, dim=1)
    mean += (log_variance / 2).exp() * torch.randn(mean.shape, generator=generator)
    return mean
