"""Plain loops, and gradients by backward."""


# %% ps5-input
def to_input(frames):
    if frames.dtype != torch.uint8:
        raise ValueError("bytes, please")
    return torch.stack([frame.float().permute(2, 0, 1).div(255) for frame in frames])


# %% ps5-sides
def sides(side, kernels, stride, transposed):
    if not kernels:
        return [side]
    following = stride * (side - 1) + kernels[0]
    if not transposed:
        following = len(range(0, side - kernels[0] + 1, stride))
    return [side] + sides(following, kernels[1:], stride, transposed)


# %% ps5-sample
def sample_latent(features, generator):
    Z = features.shape[1] // 2
    rows = []
    for row in features:
        noise = torch.randn(Z, generator=generator)
        rows.append([row[i] + math.exp(float(row[Z + i]) / 2) * noise[i] for i in range(Z)])
    return torch.tensor(rows)


# %% ps5-kl
def kl(features):
    Z = features.shape[1] // 2
    found = []
    for row in features.tolist():
        found.append(sum((m * m + math.exp(v) - 1 - v) / 2 for m, v in zip(row[:Z], row[Z:])))
    return found


# %% ps5-loss
def vae_loss(x, encode, decode, noise, floor):
    features = encode(x)
    B, Z = noise.shape
    mean, std = features[:, :Z], torch.exp(features[:, Z:] * 0.5)
    decoded = decode(mean + std * noise)
    losses, errors, divergences = [], [], []
    for i in range(B):
        errors.append(torch.sum((decoded[i] - x[i]) ** 2))
        divergences.append(torch.sum(mean[i] ** 2 + std[i] ** 2 - 1 - 2 * torch.log(std[i])) / 2)
        losses.append(errors[i] + max(divergences[i], torch.tensor(float(floor * Z))))
    return {
        "kl": sum(divergences) / B, "reconstruction": sum(errors) / B, "loss": sum(losses) / B
    }


# %% ps5-gradients
def gradients(parameters, x, noise):
    copies = [torch.nn.Parameter(p.clone()) for p in parameters]
    loss = 0
    for row, one in zip(x, noise):
        mean, log_variance = (row @ copies[0] + copies[1]).split(len(one))
        decoded = (mean + one * torch.exp(log_variance).sqrt()) @ copies[2] + copies[3]
        loss = loss + torch.sum((decoded - row) ** 2)
        loss = loss + 0.5 * torch.sum(mean**2 + torch.exp(log_variance) - 1 - log_variance)
    (loss / len(x)).backward()
    return [p.grad for p in copies]


# %% ps5-traverse
def traverse(z, latent, values):
    rows = []
    for value in values:
        row = z.clone()
        row[latent] = value
        rows.append(row)
    return torch.stack(rows)
