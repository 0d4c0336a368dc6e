"""The noise is uniform between 0 and 1.

task: ps5-sample-tests
message: centred
"""


# %% ps5-sample
def sample_latent(features, generator):
    mean, log_variance = features.chunk(2, dim=1)
    return mean + (log_variance / 2).exp() * torch.rand(mean.shape, generator=generator)
