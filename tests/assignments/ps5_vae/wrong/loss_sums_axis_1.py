"""Sums the squared differences over axis 1 alone: enough for flat frames, not for pictures.

task: ps5-loss-tests
message: one axis of the frame
"""


# %% ps5-loss
def vae_loss(x, encode, decode, noise, floor):
    Z = noise.shape[1]
    features = encode(x)
    mean, log_variance = features[:, :Z], features[:, Z:]
    z = mean + torch.exp(0.5 * log_variance) * noise
    reconstruction = ((x - decode(z)) ** 2).sum(dim=1).mean()
    divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1)
    floored = divergence.clamp(min=floor * Z).mean()
    return {
        "loss": reconstruction + floored,
        "reconstruction": reconstruction,
        "kl": divergence.mean(),
    }
