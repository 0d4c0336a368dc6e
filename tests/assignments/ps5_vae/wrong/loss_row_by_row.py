"""One call for each frame.

task: ps5-loss-tests
message: once each
"""


# %% ps5-loss
def vae_loss(x, encode, decode, noise, floor):
    errors, divergences, losses = [], [], []
    for i in range(len(x)):
        mean, log_variance = encode(x[i : i + 1])[min(i, 0) : 1].chunk(2, dim=1)
        decoded = decode(mean + (log_variance / 2).exp() * noise[i : i + 1])
        decoded = decode(mean + (log_variance / 2).exp() * noise[i : i + 1])
        errors.append((x[i] - decoded[0]).square().sum())
        nats = (mean**2 + log_variance.exp() - 1 - log_variance).sum() / 2
        divergences.append(nats)
        losses.append(errors[-1] + nats.clamp(min=floor * noise.shape[1]))
    parts = {"loss": losses, "reconstruction": errors, "kl": divergences}
    return {name: torch.stack(values).mean() for name, values in parts.items()}
