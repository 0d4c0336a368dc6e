"""The floor counts for each of the 2 Z features, not for each of the Z latents.

task: ps5-loss-tests
message: 2 Z features
"""


# %% ps5-loss
def vae_loss(x, encode, decode, noise, floor):
    features = encode(x)
    mean, log_variance = features.chunk(2, dim=1)
    z = mean + torch.exp(0.5 * log_variance) * noise
    error = ((x - decode(z)) ** 2).flatten(1).sum(dim=1)
    divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1)
    counted = torch.clamp(divergence, min=floor * features.shape[1])
    return {
        "loss": (error + counted).mean(),
        "reconstruction": error.mean(),
        "kl": divergence.mean(),
    }
