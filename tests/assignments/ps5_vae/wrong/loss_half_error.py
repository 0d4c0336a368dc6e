"""Half of the squared error.

task: ps5-loss-tests
message: half
"""


# %% ps5-loss
def vae_loss(x, encode, decode, noise, floor):
    mean, log_variance = encode(x).chunk(2, dim=1)
    decoded = decode(mean + (log_variance / 2).exp() * noise)
    error = (x - decoded).square().flatten(1).sum(dim=1) / 2
    nats = (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1) / 2
    loss = error + nats.clamp(min=floor * noise.shape[1])
    return {"loss": loss.mean(), "reconstruction": error.mean(), "kl": nats.mean()}
