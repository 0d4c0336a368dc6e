"""The noise is not scaled.

task: ps5-loss-tests
message: not multiplied
"""


# %% ps5-loss
def vae_loss(x, encode, decode, noise, floor):
    mean, log_variance = encode(x).chunk(2, dim=1)
    error = (x - decode(mean + noise)).square().flatten(1).sum(dim=1)
    nats = (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1) / 2
    loss = error + nats.clamp(min=floor * noise.shape[1])
    return {"loss": loss.mean(), "reconstruction": error.mean(), "kl": nats.mean()}
