"""Plain loops over candidates and steps."""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    sequences = []
    for _ in range(candidates):
        steps = []
        for _ in range(horizon):
            steps.append(torch.stack([
                torch.empty(()).uniform_(float(l), float(h), generator=generator)
                for l, h in zip(low, high)
            ]))
        sequences.append(torch.stack(steps))
    return torch.stack(sequences)
# %% ps2-rollout
def rollout(dynamics, state, actions):
    K, H, A = actions.shape
    states = torch.empty(K, H + 1, len(state))
    states[:, 0] = state
    for h in range(H):
        states[:, h + 1] = dynamics(states[:, h], actions[:, h])
    return states
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    returns = []
    for k in range(actions.shape[0]):
        total, weight = 0.0, 1.0
        for h in range(actions.shape[1]):
            now, then = states[k, h : h + 1], states[k, h + 1 : h + 2]
            total += weight * float(reward(now, actions[k, h : h + 1], then))
            weight *= discount
            if terminated(then)[0]:
                break
        returns.append(total if math.isfinite(total) else -math.inf)
    return torch.tensor(returns)
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample().clone()
    if warm_start is not None:
        actions[0] = warm_start
    values = evaluate(actions).tolist()
    best = 0
    for k, value in enumerate(values):
        if value > values[best]:
            best = k
    return actions[best], values[best]
# %% ps2-refit
def refit(actions, returns, elites):
    K, H, A = actions.shape
    ranked = sorted(range(K), key=lambda k: float(returns[k]), reverse=True)[:elites]
    mean = torch.zeros(H, A)
    for k in ranked:
        mean += actions[k] / elites
    variance = torch.zeros(H, A)
    for k in ranked:
        variance += (actions[k] - mean) ** 2 / elites
    return mean, variance.sqrt()
