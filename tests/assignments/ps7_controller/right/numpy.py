"""NumPy throughout."""


# %% ps7-act
def act(parameters, z, h):
    p = np.asarray(parameters)
    seen = np.concatenate([np.asarray(z), np.asarray(h)], axis=1)
    u = np.tanh(seen @ p[:-3].reshape(seen.shape[1], 3) + p[-3:])
    return np.column_stack([u[:, 0], 0.5 + u[:, 1] / 2, np.maximum(u[:, 2], 0)])


# %% ps7-try
def try_all(episode, population, seeds):
    table = np.zeros((len(population), len(seeds)))
    for r, seed in enumerate(seeds):
        for k in range(len(population)):
            table[k, r] = episode(population[k], seed)
    return table


# %% ps7-rank
def rank(table, risk):
    table = np.asarray(table).astype(np.float64)
    score = table.mean(axis=1) - risk * table.std(axis=1)
    return np.argsort(-np.nan_to_num(score, nan=-1e30))


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    best = np.asarray(population)[np.asarray(order)[:elites]]
    return np.average(best, axis=0), decay * sigma


# %% ps7-weights
def rank_weights(candidates):
    ranks = np.arange(1, candidates // 2 + 1)
    raw = np.log((candidates + 1) / (2 * ranks))
    return raw / np.sum(raw)


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    mean, variances, weights = np.asarray(mean), np.asarray(variances), np.asarray(weights)
    best = np.asarray(population)[np.asarray(order)][: len(weights)]
    moved = np.average(best, axis=0, weights=weights)
    squares = np.average(((best - mean) / sigma) ** 2, axis=0, weights=weights)
    return moved, variances + rate * (squares - variances)


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = np.asarray(start).astype(np.float64)
    for _ in range(generations):
        noise = torch.randn(candidates, len(mean), generator=generator).numpy()
        population = mean + sigma * noise
        returns = np.asarray(score(torch.tensor(population)))
        mean = population[np.argsort(returns)[-(candidates // 4) :]].mean(axis=0)
        sigma *= decay
    return mean
