"""NumPy inside, wherever the functions allow it."""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    return (torch.rand(members, rows, generator=generator).numpy() * rows).astype(int)


# %% ps4-members
def make_members(members, sizes, generator):
    found = []
    for layer in range(len(sizes) - 1):
        bound = sizes[layer] ** -0.5
        for shape in ((members, sizes[layer], sizes[layer + 1]), (members, 1, sizes[layer + 1])):
            unit = torch.rand(shape, generator=generator).numpy()
            found.append(-bound * (1 - unit) + bound * unit)
    return found


# %% ps4-forward
def forward(parameters, x):
    x = x.numpy()
    for layer in range(len(parameters) // 2):
        if layer:
            x = x / (1 + np.exp(-x))
        weights, biases = parameters[2 * layer].numpy(), parameters[2 * layer + 1].numpy()
        x = np.einsum("ebi,eio->ebo", x, weights) + biases
    return x


# %% ps4-gradients
def losses_and_gradients(parameters, inputs, targets):
    """Backpropagation by hand."""
    count = len(parameters) // 2
    weights = [p.double().numpy() for p in parameters[0::2]]
    biases = [p.double().numpy() for p in parameters[1::2]]
    before, entering = [], [inputs.double().numpy()]
    for layer in range(count):
        before.append(entering[-1] @ weights[layer] + biases[layer])
        entering.append(before[-1] / (1 + np.exp(-before[-1])))
    error = before[-1] - targets.double().numpy()
    slope = 2 * error / (error.shape[1] * error.shape[2])
    gradients = []
    for layer in reversed(range(count)):
        gradients.insert(0, slope.sum(axis=1, keepdims=True))
        gradients.insert(0, entering[layer].transpose(0, 2, 1) @ slope)
        if layer:
            z = before[layer - 1]
            gate = 1 / (1 + np.exp(-z))
            slope = slope @ weights[layer].transpose(0, 2, 1) * (gate + z * gate * (1 - gate))
    return (error**2).mean(axis=(1, 2)), gradients


# %% ps4-returns
def average_returns(states, actions, reward, terminated, discount):
    E, K, steps, S = states.shape
    H = steps - 1
    now, after = states[:, :, :-1].reshape(-1, S), states[:, :, 1:].reshape(-1, S)
    each = actions[None].expand(E, -1, -1, -1).reshape(E * K * H, -1)
    rewards = reward(now, each, after).numpy().reshape(E, K, H)
    over = terminated(after).numpy().reshape(E, K, H)
    ended = np.zeros((E, K, H), dtype=bool)
    ended[:, :, 1:] = np.maximum.accumulate(over, axis=2)[:, :, :-1]
    earned = np.where(ended, 0.0, rewards) @ (discount ** np.arange(H, dtype=float))
    average = earned.mean(axis=0)
    return np.where(np.isfinite(average), average, -np.inf)


# %% ps4-disagreement
def disagreement(mean):
    return np.std(mean.numpy(), axis=0)


# %% ps4-mixture
def mixture(mean, log_variance):
    m, v = mean.numpy(), np.exp(log_variance.numpy())
    return m.mean(axis=0), v.mean(axis=0) + m.var(axis=0)


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members != 0:
        raise ValueError(f"{particles} is no multiple of {members}")
    row = np.repeat(np.arange(members), particles // members)
    if not redraw:
        return np.tile(row, (horizon, 1))
    keys = torch.rand(horizon, particles, generator=generator).numpy()
    return row[np.argsort(keys, axis=1)]
