"""Means and variances are taken in turn.

task: ps5-sample-tests
message: mean
"""


# %% ps5-sample
def sample_latent(features, generator):
    mean, log_variance = features[:, 0::2], features[:, 1::2]
    return mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=generator)
