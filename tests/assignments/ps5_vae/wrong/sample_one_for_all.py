"""One noise for all rows.

task: ps5-sample-tests
message: all rows|centred
"""


# %% ps5-sample
def sample_latent(features, generator):
    mean, log_variance = features.chunk(2, dim=1)
    return mean + (log_variance / 2).exp() * torch.randn(mean.shape[1], generator=generator)
