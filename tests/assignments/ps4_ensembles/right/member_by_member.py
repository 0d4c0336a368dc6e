"""The work in another order: each member's rollouts are kept apart, dictionaries, lists."""


# %% ps4-members
def make_members(members, sizes, generator):
    seeds = torch.randint(2**31, (members,), generator=generator).tolist()
    one_by_one = []
    for seed in seeds:
        own = torch.Generator().manual_seed(seed)
        one_by_one.append([
            (2 * torch.rand(1, rows, outputs, generator=own) - 1) / inputs**0.5
            for inputs, outputs in zip(sizes[:-1], sizes[1:])
            for rows in (inputs, 1)
        ])
    return [torch.cat(parts) for parts in zip(*one_by_one)]


# %% ps4-forward
def forward(parameters, x):
    parts = dict(enumerate(parameters))
    x = torch.baddbmm(parts[1], x, parts[0])
    for layer in range(2, len(parts), 2):
        x = torch.baddbmm(parts[layer + 1], torch.nn.SiLU()(x), parts[layer])
    return x


# %% ps4-gradients
def losses_and_gradients(parameters, inputs, targets):
    for p in parameters:
        p.requires_grad_(True)
    losses = []
    for e, (rows, wanted) in enumerate(zip(inputs, targets)):
        predicted = network([p[e] for p in parameters], rows)
        losses.append(torch.nn.functional.mse_loss(predicted, wanted))
    gradients = torch.autograd.grad(losses, parameters)
    return torch.stack(losses), gradients


# %% ps4-rollouts
def rollouts(predict, start, actions):
    members = {e: [start[e]] for e in range(len(start))}
    for h in range(actions.shape[1]):
        last = torch.stack([members[e][-1] for e in members])
        moved = predict(last, actions[None, :, h].repeat(len(members), 1, 1))
        for e in members:
            members[e].append(moved[e])
    return torch.stack([torch.stack(states, dim=1) for states in members.values()])


# %% ps4-returns
def average_returns(states, actions, reward, terminated, discount):
    each = []
    for member in states:
        earned, weight = torch.zeros(len(actions)), 1.0
        alive = torch.ones(len(actions), dtype=torch.bool)
        for h in range(actions.shape[1]):
            gained = reward(member[:, h], actions[:, h], member[:, h + 1])
            earned[alive] += weight * gained[alive]
            alive &= ~terminated(member[:, h + 1])
            weight *= discount
        each.append(earned)
    average = torch.stack(each, dim=1).mean(dim=1)
    average[~torch.isfinite(average)] = -math.inf
    return average


# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members > 0:
        raise ValueError("P must be a multiple of E")
    first = torch.arange(members).repeat_interleave(particles // members)
    if redraw:
        return torch.stack(
            [first[torch.randperm(particles, generator=generator)] for _ in range(horizon)]
        )
    return torch.stack([first] * horizon)
