"""What torch brings: its distributions, searchsorted, its LSTM cell."""


# %% ps6-mixture
def mixture(raw, components):
    logits, mean, log_std = (p.unflatten(1, (-1, components)) for p in raw.chunk(3, dim=1))
    return torch.distributions.Categorical(logits=logits).logits, mean, torch.exp(log_std)


# %% ps6-density
def mixture_log_prob(log_weights, mean, std, z):
    return torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(logits=log_weights), torch.distributions.Normal(mean, std)
    ).log_prob(z)


# %% ps6-sample
def sample_mixture(log_weights, mean, std, temperature, uniform, normal):
    if math.isnan(temperature) or temperature <= 0:
        raise ValueError("the temperature must be above 0")
    weights = torch.distributions.Categorical(logits=log_weights / temperature).probs
    edges = weights.cumsum(dim=-1).contiguous()
    chosen = torch.searchsorted(edges, uniform[..., None].contiguous(), right=True)
    chosen = chosen.clamp(max=mean.shape[-1] - 1)
    mean, std = torch.take_along_dim(mean, chosen, -1), torch.take_along_dim(std, chosen, -1)
    return (mean + std * math.sqrt(temperature) * normal[..., None])[..., 0]


# %% ps6-lstm
def lstm_step(x, h, c, weight, bias):
    cell = nn.LSTMCell(0 + x.shape[1], h.shape[1], device="meta").to_empty(device="cpu")
    with torch.no_grad():
        cell.weight_ih.copy_(weight[: x.shape[1]].T)
        cell.weight_hh.copy_(weight[x.shape[1] :].T)
        cell.bias_ih.copy_(bias)
        cell.bias_hh.zero_()
    return cell(x, (h, c))


# %% ps6-examples
def examples(mean, std, action, noise):
    z = torch.addcmul(mean, std, noise)
    return torch.hstack([z[:-1], action]), z[1:]


# %% ps6-loss
def sequence_loss(step, nll, memory, inputs, targets, mask):
    weights = mask / mask.sum()
    total = torch.zeros(())
    for t in range(inputs.size(1)):
        memory = step(inputs[:, t], memory)
        total = total + nll(memory, targets[:, t]) @ weights[:, t]
    return total
