"""Distributions of torch, one-hot masks, and gradients derived on paper."""


# %% ps5-sample
def sample_latent(features, generator):
    mean, log_variance = torch.tensor_split(features, 2, dim=-1)
    return torch.normal(mean, log_variance.mul(0.5).exp(), generator=generator)


# %% ps5-kl
def kl(features):
    mean, log_variance = torch.tensor_split(features, 2, dim=-1)
    posterior = torch.distributions.Normal(mean, log_variance.mul(0.5).exp())
    prior = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(posterior, prior).sum(-1)


# %% ps5-loss
def vae_loss(x, encode, decode, noise, floor):
    mean, log_variance = torch.tensor_split(encode(x), 2, dim=-1)
    std = log_variance.mul(0.5).exp()
    decoded = decode(torch.addcmul(mean, std, noise))
    error = torch.nn.functional.mse_loss(decoded, x, reduction="sum") / len(x)
    nats = 0.5 * (mean.pow(2) + std.pow(2)).sum(-1) - 0.5 * (1 + log_variance).sum(-1)
    floored = torch.maximum(nats, torch.full_like(nats, floor * noise.size(1)))
    return {"loss": error + floored.mean(), "reconstruction": error, "kl": nats.mean()}


# %% ps5-gradients
def gradients(parameters, x, noise):
    encoder, encoder_bias, decoder, decoder_bias = parameters
    mean, log_variance = (x @ encoder + encoder_bias).chunk(2, dim=1)
    std = (log_variance / 2).exp()
    z = mean + std * noise
    by_decoded = 2 * (z @ decoder + decoder_bias - x) / len(x)
    by_z = by_decoded @ decoder.T
    by_mean = by_z + mean / len(x)
    by_log_variance = by_z * noise * std / 2 + (std**2 - 1) / (2 * len(x))
    by_features = torch.cat([by_mean, by_log_variance], dim=1)
    return [x.T @ by_features, by_features.sum(0), z.T @ by_decoded, by_decoded.sum(0)]


# %% ps5-traverse
def traverse(z, latent, values):
    chosen = torch.arange(len(z)) == latent
    return torch.where(chosen, values[:, None], z)
