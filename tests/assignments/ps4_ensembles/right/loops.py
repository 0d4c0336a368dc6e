"""Plain loops over members, candidates and steps."""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    drawn = []
    for _ in range(members):
        one = [int(torch.randint(rows, (), generator=generator)) for _ in range(rows)]
        drawn.append(one)
    return torch.tensor(drawn)


# %% ps4-members
def make_members(members, sizes, generator):
    networks = []
    for _ in range(members):
        network = []
        for inputs, outputs in zip(sizes[:-1], sizes[1:]):
            bound = 1 / math.sqrt(inputs)
            weights, biases = torch.empty(inputs, outputs), torch.empty(1, outputs)
            network.append(weights.uniform_(-bound, bound, generator=generator))
            network.append(biases.uniform_(-bound, bound, generator=generator))
        networks.append(network)
    return [torch.stack(parts) for parts in zip(*networks)]


# %% ps4-forward
def forward(parameters, x):
    outputs = []
    for e, rows in enumerate(x):
        for layer in range(0, len(parameters), 2):
            if layer:
                rows = torch.nn.functional.silu(rows)
            rows = torch.addmm(parameters[layer + 1][e], rows, parameters[layer][e])
        outputs.append(rows)
    return torch.stack(outputs)


# %% ps4-gradients
def losses_and_gradients(parameters, inputs, targets):
    losses, gradients = [], [torch.zeros_like(p) for p in parameters]
    for e in range(len(inputs)):
        mine = [p[e].clone().requires_grad_(True) for p in parameters]
        loss = ((network(mine, inputs[e]) - targets[e]) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
        for gradient, p in zip(gradients, mine):
            gradient[e] = p.grad
    return torch.tensor(losses), gradients


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E, K, S = start.shape
    H = actions.shape[1]
    states = torch.zeros(E, K, H + 1, S)
    states[:, :, 0] = start
    for h in range(H):
        states[:, :, h + 1] = predict(states[:, :, h], torch.stack([actions[:, h]] * E))
    return states


# %% ps4-returns
def average_returns(states, actions, reward, terminated, discount):
    E, K, steps, _ = states.shape
    returns = []
    for k in range(K):
        earned = 0.0
        for e in range(E):
            for h in range(steps - 1):
                now, after = states[e, k, h : h + 1], states[e, k, h + 1 : h + 2]
                earned += discount**h * float(reward(now, actions[k, h : h + 1], after)) / E
                if bool(terminated(after)):
                    break
        returns.append(earned if math.isfinite(earned) else -math.inf)
    return torch.tensor(returns)


# %% ps4-disagreement
def disagreement(mean):
    centre = sum(mean) / len(mean)
    return (sum((m - centre) ** 2 for m in mean) / len(mean)) ** 0.5


# %% ps4-mixture
def mixture(mean, log_variance):
    E = len(mean)
    centre = sum(mean) / E
    variance = sum(v.exp() for v in log_variance) / E
    for m in mean:
        variance = variance + (m - centre) ** 2 / E
    return centre, variance


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    share, rest = divmod(particles, members)
    if rest:
        raise ValueError("P must be a multiple of E")
    row = [e for e in range(members) for _ in range(share)]
    rows = []
    for _ in range(horizon):
        if redraw:
            row = [row[i] for i in torch.randperm(particles, generator=generator)]
        rows.append(row)
    return torch.tensor(rows)
