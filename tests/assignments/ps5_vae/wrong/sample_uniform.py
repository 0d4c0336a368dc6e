"""Uniform noise of the right mean and spread.

task: ps5-sample-tests
message: uniform
"""


# %% ps5-sample
def sample_latent(features, generator):
    mean, log_variance = features.chunk(2, dim=1)
    noise = (torch.rand(mean.shape, generator=generator) - 0.5) * math.sqrt(12)
    return mean + (log_variance / 2).exp() * noise
