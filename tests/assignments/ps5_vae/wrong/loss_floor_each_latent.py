"""The floor goes under each latent.

task: ps5-loss-tests
message: each latent
"""


# %% ps5-loss
def vae_loss(x, encode, decode, noise, floor):
    mean, log_variance = encode(x).chunk(2, dim=1)
    decoded = decode(mean + (log_variance / 2).exp() * noise)
    error = (x - decoded).square().flatten(1).sum(dim=1)
    each = (mean**2 + log_variance.exp() - 1 - log_variance) / 2
    loss = error + each.clamp(min=floor).sum(dim=1)
    return {"loss": loss.mean(), "reconstruction": error.mean(), "kl": each.sum(dim=1).mean()}
