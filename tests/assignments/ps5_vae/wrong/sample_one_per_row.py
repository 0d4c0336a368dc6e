"""One number for all latents of a row.

task: ps5-sample-tests
message: all latents
"""


# %% ps5-sample
def sample_latent(features, generator):
    mean, log_variance = features.chunk(2, dim=1)
    return mean + (log_variance / 2).exp() * torch.randn(len(mean), 1, generator=generator)
