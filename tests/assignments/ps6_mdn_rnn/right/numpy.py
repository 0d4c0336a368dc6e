"""NumPy where nothing has to be differentiated."""


# %% ps6-mixture
def mixture(raw, components):
    parts = np.asarray(raw).astype(np.float64)
    parts = parts.reshape(len(parts), 3, -1, components)
    logits = parts[:, 0] - parts[:, 0].max(axis=2, keepdims=True)
    logits = logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))
    return logits, parts[:, 1], np.exp(parts[:, 2])


# %% ps6-density
def mixture_log_prob(log_weights, mean, std, z):
    log_weights, mean, std, z = (
        np.asarray(x).astype(np.float64) for x in (log_weights, mean, std, z)
    )
    terms = log_weights - 0.5 * ((z[..., None] - mean) / std) ** 2
    terms = terms - np.log(std * np.sqrt(2 * np.pi))
    top = terms.max(axis=-1, keepdims=True)
    return top[..., 0] + np.log(np.exp(terms - top).sum(axis=-1))


# %% ps6-sample
def sample_mixture(log_weights, mean, std, temperature, uniform, normal):
    if np.isnan(temperature) or temperature <= 0:
        raise ValueError("the temperature must be above 0")
    scaled = np.asarray(log_weights).astype(np.float64) / temperature
    weights = np.exp(scaled - scaled.max(axis=2, keepdims=True))
    edges = np.cumsum(weights / weights.sum(axis=2, keepdims=True), axis=2)
    edges[..., -1] = 2.0
    chosen = np.argmax(edges > np.asarray(uniform)[..., None], axis=2)[..., None]
    center = np.take_along_axis(np.asarray(mean), chosen, axis=2)[..., 0]
    spread = np.take_along_axis(np.asarray(std), chosen, axis=2)[..., 0]
    return center + np.sqrt(temperature) * spread * np.asarray(normal)


# %% ps6-lstm
def lstm_step(x, h, c, weight, bias):
    def sigmoid(value):
        return 1 / (1 + np.exp(-value))

    x, h, c, weight, bias = (np.asarray(v).astype(np.float64) for v in (x, h, c, weight, bias))
    i, f, g, o = np.split(np.concatenate([x, h], axis=1) @ weight + bias, 4, axis=1)
    following = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(following), following


# %% ps6-examples
def examples(mean, std, action, noise):
    z = np.asarray(mean) + np.asarray(std) * np.asarray(noise)
    return np.hstack([z[: len(action)], np.asarray(action)]), z[1:].copy()
