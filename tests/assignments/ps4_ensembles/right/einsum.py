"""Einstein sums, masks and cumulative products."""


# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    flat = torch.randint(0, rows, (rows * members,), generator=generator, dtype=torch.int32)
    return flat.view(rows, members).T


# %% ps4-members
def make_members(members, sizes, generator):
    def layer(inputs, outputs):
        both = torch.rand(members, inputs + 1, outputs, generator=generator)
        both = (both - 0.5) * 2 * inputs**-0.5
        return [both[:, :-1], both[:, -1:]]

    return [p for pair in zip(sizes, sizes[1:]) for p in layer(*pair)]


# %% ps4-forward
def forward(parameters, x):
    layers = len(parameters) // 2
    for layer in range(layers):
        x = torch.einsum("ebi,eio->ebo", x, parameters[2 * layer]) + parameters[2 * layer + 1]
        if layer < layers - 1:
            x = x * torch.sigmoid(x)
    return x


# %% ps4-gradients
def losses_and_gradients(parameters, inputs, targets):
    def loss(parameters, rows, wanted):
        return (network(parameters, rows) - wanted).square().mean()

    both = torch.func.vmap(torch.func.grad_and_value(loss))(parameters, inputs, targets)
    return both[1], list(both[0])


# %% ps4-rollouts
def rollouts(predict, start, actions):
    E = start.shape[0]
    by_time = actions.repeat(E, 1, 1, 1).permute(2, 0, 1, 3)
    out, now = start[:, :, None], start
    for action in by_time:
        now = predict(now, action)
        out = torch.cat([out, now[:, :, None]], dim=2)
    return out


# %% ps4-returns
def average_returns(states, actions, reward, terminated, discount):
    E, K, _, S = states.shape
    H = actions.shape[1]
    steps = []
    going = torch.ones(E, K, dtype=torch.bool)
    for h in range(H):
        now, after = states[:, :, h].transpose(0, 1), states[:, :, h + 1].transpose(0, 1)
        gained = reward(
            now.reshape(-1, S), actions[:, h].repeat_interleave(E, dim=0), after.reshape(-1, S)
        )
        steps.append(gained.view(K, E).T.masked_fill(~going, 0.0))
        going = going & ~terminated(after.reshape(-1, S)).view(K, E).T
    weights = torch.tensor([discount**h for h in range(H)])
    average = torch.einsum("hek,h->k", torch.stack(steps), weights) / E
    return average.nan_to_num(nan=-torch.inf, posinf=-torch.inf, neginf=-torch.inf)


# %% ps4-disagreement
def disagreement(mean):
    return (mean - mean.mean(dim=0)).square().mean(dim=0).sqrt()


# %% ps4-mixture
def mixture(mean, log_variance):
    E = len(mean)
    std = torch.exp(log_variance / 2)
    first = torch.einsum("ebs->bs", mean) / E
    second = torch.einsum("ebs,ebs->bs", std, std) / E
    off = mean - first
    return first, second + torch.einsum("ebs,ebs->bs", off, off) / E


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles // members * members != particles:
        raise ValueError("uneven")
    rows = [torch.randperm(particles, generator=generator) for _ in range(horizon)]
    if not redraw:
        rows = rows[:1] * horizon
    return torch.stack(rows) % members
