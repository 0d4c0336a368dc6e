"""Plain loops."""


# %% ps7-act
def act(parameters, z, h):
    actions = []
    for row in torch.cat([z, h], dim=1):
        raw = parameters[-3:].clone()
        for i, feature in enumerate(row):
            raw = raw + feature * parameters[3 * i : 3 * i + 3]
        steer, gas, brake = (math.tanh(float(r)) for r in raw)
        actions.append([steer, (1 + gas) / 2, max(0.0, brake)])
    return torch.tensor(actions)


# %% ps7-try
def try_all(episode, population, seeds):
    rows = []
    for k in range(len(population)):
        rows.append([float(episode(population[k], seed)) for seed in seeds])
    return rows


# %% ps7-rank
def rank(table, risk):
    scores = []
    for row in table.tolist():
        mean = sum(row) / len(row)
        std = (sum((x - mean) ** 2 for x in row) / len(row)) ** 0.5
        score = mean - risk * std
        scores.append(-math.inf if math.isnan(score) else score)
    return sorted(range(len(scores)), key=lambda k: scores[k], reverse=True)


# %% ps7-simple
def simple_step(population, order, elites, sigma, decay):
    total = torch.zeros(population.shape[1])
    for k in order[:elites].tolist():
        total = total + population[k]
    return total / elites, sigma * decay


# %% ps7-weights
def rank_weights(candidates):
    raw = [math.log((candidates + 1) / 2) - math.log(i + 1) for i in range(candidates // 2)]
    return [w / sum(raw) for w in raw]


# %% ps7-separable
def separable_step(mean, sigma, variances, population, order, weights, rate):
    new_mean, new_variances = mean.clone(), (1 - rate) * variances
    for w, k in zip(weights, order):
        step = (population[k] - mean) / sigma
        new_mean += sigma * w * step
        new_variances += rate * w * step * step
    return new_mean, new_variances


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start.clone()
    for _ in range(generations):
        rows = [mean + sigma * torch.randn(len(mean), generator=generator) for _ in range(candidates)]
        returns = score(torch.stack(rows)).tolist()
        best = sorted(zip(returns, range(candidates)), reverse=True)[: candidates // 4]
        mean = sum(rows[k] for _, k in best) / len(best)
        sigma = sigma * decay
    return mean
