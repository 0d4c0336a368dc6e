"""Nothing is drawn.

task: ps5-sample-tests
message: standard deviation
"""


# %% ps5-sample
def sample_latent(features, generator):
    return features.chunk(2, dim=1)[0]
