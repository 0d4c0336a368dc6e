"""The error is the distance between the frames, the root of the sum of squares.

task: ps5-loss-tests
message: root of the sum
"""


# %% ps5-loss
def vae_loss(x, encode, decode, noise, floor):
    mean, log_variance = encode(x).chunk(2, dim=1)
    z = mean + torch.exp(0.5 * log_variance) * noise
    error = torch.linalg.vector_norm((x - decode(z)).flatten(1), dim=1)
    nats = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1)
    return {
        "loss": (error + nats.clamp(min=floor * noise.shape[1])).mean(),
        "reconstruction": error.mean(),
        "kl": nats.mean(),
    }
