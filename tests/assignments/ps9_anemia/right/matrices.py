"""As one matrix: windows, stacked least squares, the recursion as a state."""


# %% ps9-equations
def equations(hemoglobin, tsat, dose):
    if not len(tsat) > 2:
        raise ValueError("too short")
    x, u = hemoglobin.unfold(0, 3, 1), dose.unfold(0, 3, 1)
    one = torch.ones_like(x[:, :1])
    return torch.cat([u, x[:, :2], tsat[1:-1, None], one], dim=1), x[:, 2]


# %% ps9-identify
def identify(inputs, outputs, mean, precision, noise):
    values, vectors = torch.linalg.eigh(precision)
    root = values.clamp(min=0).sqrt()[:, None] * vectors.T  # root.T @ root = precision
    stacked = torch.cat([inputs / noise, root])
    target = torch.cat([outputs / noise, root @ mean])
    return torch.linalg.lstsq(stacked, target[:, None]).solution[:, 0]


# %% ps9-slowest
def slowest(theta):
    matrix = torch.stack([theta[3:5].flip(0), torch.tensor([1.0, 0.0])])
    modulus = torch.linalg.eigvals(matrix).abs().max()
    return modulus, modulus < 1


# %% ps9-imagine
def imagine(theta, levels, given, doses, tsat):
    step = torch.zeros(4, 4)
    step[0] = theta[[4, 3, 1, 0]]
    step[1, 0] = step[3, 2] = 1.0
    state = torch.stack([levels[1], levels[0], given[1], given[0]]).repeat(len(doses), 1)
    path = []
    for dose, iron in zip(doses.T, tsat):
        state = state @ step.T
        state[:, 0] += theta[2] * dose + theta[5] * iron + theta[6]
        state[:, 2] = dose
        path.append(state[:, 0].clone())
    return torch.stack(path).T


# %% ps9-choose
def choose(predicted, doses, last, target, cost):
    change = doses.clone()
    change[:, 0] -= last
    change[:, 1:] -= doses[:, :-1]
    returns = -(predicted - target).pow(2).sum(1) - cost * change.abs().sum(1)
    returns = returns.masked_fill(returns != returns, -math.inf)
    return returns, doses[:, 0][returns.argmax()]


# %% ps9-gain
def gain(mine, other):
    d = (((mine - 11.5).abs() <= 0.5).double() - ((other - 11.5).abs() <= 0.5).double()).mean(1)
    return d.mean(), (d.var() / len(d)).sqrt()
