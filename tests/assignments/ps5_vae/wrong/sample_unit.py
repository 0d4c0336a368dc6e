"""The noise is not scaled.

task: ps5-sample-tests
message: not multiplied
"""


# %% ps5-sample
def sample_latent(features, generator):
    mean, log_variance = features.chunk(2, dim=1)
    return torch.where(log_variance < -20, mean, mean + torch.randn(mean.shape, generator=generator))
