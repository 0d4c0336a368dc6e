"""What torch brings: addmm, Normal, einsum, sort."""


# %% ps7-act
def act(parameters, z, h):
    size = z.size(1) + h.size(1)
    weight, bias = torch.split(parameters, [3 * size, 3])
    u = torch.addmm(bias, torch.hstack((z, h)), weight.reshape(size, 3)).tanh()
    steer, gas, brake = u.unbind(dim=-1)
    return torch.stack((steer, 0.5 * gas + 0.5, brake.relu()), dim=-1)


# %% ps7-try
def try_all(episode, population, seeds):
    columns = [torch.tensor([float(episode(row, seed)) for row in population]) for seed in seeds]
    return torch.stack(columns).T


# %% ps7-rank
def rank(table, risk):
    variance, mean = torch.var_mean(table, dim=1, correction=0)
    return (mean - risk * variance.sqrt()).nan_to_num(nan=-1e30).sort(descending=True).indices


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    return population.index_select(0, order).narrow(0, 0, elites).mean(0), torch.tensor(sigma * decay)


# %% ps7-weights
def rank_weights(candidates):
    ranks = torch.arange(1.0, candidates // 2 + 1)
    raw = torch.log((candidates + 1) / 2 / ranks)
    return raw / raw.sum()


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    steps = population.index_select(0, order).narrow(0, 0, len(weights)).sub(mean).div(sigma)
    squares = torch.einsum("i,ij->j", weights, steps.square())
    moved = torch.einsum("i,ij->j", weights, steps).mul(sigma).add(mean)
    return moved, torch.lerp(variances, squares, rate)


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start
    spread = torch.full_like(start, sigma)
    for _ in range(generations):
        size = (candidates, 1)
        population = torch.normal(mean.repeat(size), spread.repeat(size), generator=generator)
        order = torch.as_tensor(score(population)).argsort(descending=True)
        mean = population[order][: candidates // 4].mean(0)
        spread = spread * decay
    return mean
