"""The halves are swapped.

task: ps5-sample-tests
message: swapped
"""


# %% ps5-sample
def sample_latent(features, generator):
    log_variance, mean = features.chunk(2, dim=1)
    return mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=generator)
