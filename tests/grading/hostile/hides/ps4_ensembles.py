"""Honest and mostly wrong: the disagreement is right; one sample and one start for all members,
sums for means, and the members averaged on the way."""
# %% ps4-bootstrap
def bootstrap(rows, members, generator):
    return torch.randint(rows, (rows,), generator=generator).expand(members, -1)
# %% ps4-members
def make_members(members, sizes, generator):
    parameters = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        for rows in (inputs, 1):
            one = torch.rand(1, rows, outputs, generator=generator)
            parameters.append((2 * one - 1).repeat(members, 1, 1) / math.sqrt(inputs))
    return parameters
# %% ps4-forward
def forward(parameters, x):
    return x @ parameters[0] + parameters[1]
# %% ps4-gradients
def losses_and_gradients(parameters, inputs, targets):
    free = [p.detach().clone().requires_grad_() for p in parameters]
    outputs = torch.stack([network([p[e] for p in free], x) for e, x in enumerate(inputs)])
    losses = (outputs - targets).square().mean(dim=(1, 2))
    return losses.detach(), list(torch.autograd.grad(losses.mean(), free))
# %% ps4-rollouts
def rollouts(predict, start, actions):
    states = [start]
    for action in actions.unbind(dim=1):
        moved = predict(states[-1], action.expand(len(start), -1, -1))
        states.append(moved.mean(dim=0, keepdim=True).expand_as(moved))
    return torch.stack(states, dim=2)
# %% ps4-returns
def average_returns(states, actions, reward, terminated, discount):
    members, candidates = states.shape[:2]
    total = torch.zeros(members * candidates)
    for h in range(actions.shape[1]):
        now, after = states[:, :, h].flatten(0, 1), states[:, :, h + 1].flatten(0, 1)
        total = total + discount**h * reward(now, actions[:, h].repeat(members, 1), after)
    return total.view(members, candidates).sum(dim=0)
# %% ps4-disagreement
def disagreement(mean):
    return mean.std(dim=0, correction=0)
# %% ps4-mixture
def mixture(mean, log_variance):
    return mean.mean(dim=0), log_variance.exp().mean(dim=0)
# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    return (torch.arange(particles) % members).expand(horizon, -1)
