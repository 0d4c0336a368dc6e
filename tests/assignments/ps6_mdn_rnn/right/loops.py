"""Plain loops over rows, latents, components and steps."""


# %% ps6-mixture
def mixture(raw, components):
    third = raw.shape[1] // 3
    latents = [slice(start, start + components) for start in range(0, third, components)]
    logits, mean, log_std = raw.split(third, dim=1)
    weights = [logits[:, s] - logits[:, s].logsumexp(dim=1, keepdim=True) for s in latents]
    return (
        torch.stack(weights, dim=1),
        torch.stack([mean[:, s] for s in latents], dim=1),
        torch.stack([torch.exp(log_std[:, s]) for s in latents], dim=1),
    )


# %% ps6-density
def mixture_log_prob(log_weights, mean, std, z):
    terms = []
    for m in range(mean.shape[2]):
        normal = torch.distributions.Normal(mean[:, :, m], std[:, :, m])
        terms.append(log_weights[:, :, m] + normal.log_prob(z))
    found = terms[0]
    for term in terms[1:]:
        found = torch.logaddexp(found, term)
    return found


# %% ps6-sample
def sample_mixture(log_weights, mean, std, temperature, uniform, normal):
    if not temperature > 0:
        raise ValueError("the temperature must be above 0")
    out = torch.zeros(uniform.shape)
    for b in range(out.shape[0]):
        for z in range(out.shape[1]):
            weights = torch.softmax(log_weights[b, z] / temperature, dim=0)
            left = float(uniform[b, z])
            for m in range(len(weights)):
                if left < float(weights[m]) or m == len(weights) - 1:
                    break
                left -= float(weights[m])
            out[b, z] = mean[b, z, m] + temperature**0.5 * std[b, z, m] * normal[b, z]
    return out


# %% ps6-lstm
def lstm_step(x, h, c, weight, bias):
    n = h.shape[1]
    shown, kept = torch.empty_like(h), torch.empty_like(c)
    for b in range(len(x)):
        row = torch.cat([x[b], h[b]])
        for j in range(n):
            i, f, g, o = (row @ weight[:, k * n + j] + bias[k * n + j] for k in range(4))
            kept[b, j] = f.sigmoid() * c[b, j] + i.sigmoid() * g.tanh()
            shown[b, j] = o.sigmoid() * kept[b, j].tanh()
    return [shown, kept]


# %% ps6-examples
def examples(mean, std, action, noise):
    drawn = [m + s * e for m, s, e in zip(mean, std, noise)]
    inputs = [torch.cat([z, a]) for z, a in zip(drawn, action)]
    return torch.stack(inputs), torch.stack(drawn[1:])


# %% ps6-loss
def sequence_loss(step, nll, memory, inputs, targets, mask):
    losses = []
    for x, y in zip(inputs.unbind(dim=1), targets.unbind(dim=1)):
        memory = step(x, memory)
        losses.append(nll(memory, y))
    return torch.stack(losses, dim=1)[mask > 0].mean()
