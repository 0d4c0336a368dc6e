"""Honest and mostly wrong: task 1 is right (15 points), every other task has a common mistake."""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    states = [state.expand(len(actions), -1)]
    for h in range(actions.shape[1]):
        states.append(states[-1] + dynamics(states[-1], actions[:, h]))
    return torch.stack(states, dim=1)
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    total = torch.zeros(len(actions))
    alive = torch.ones(len(actions), dtype=torch.bool)
    for h in range(actions.shape[1]):
        r = reward(states[:, h], actions[:, h], states[:, h + 1])
        total = torch.where(alive, total + discount**h * r, total)
    return torch.where(torch.isfinite(total), total, -torch.inf)
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = evaluate(actions)
    best = returns.argmin()
    return actions[best], returns[best]
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[returns.topk(elites).indices]
    return best.mean(dim=0), best.var(dim=0, correction=0)
# %% ps2-cem
def cem(
    evaluate, refit, low, high, horizon, candidates, elites, rounds, generator, warm_start=None
):
    mean = ((low + high) / 2).expand(horizon, -1)
    if warm_start is not None:
        mean = warm_start
    std = ((high - low) / 2).expand(horizon, -1)
    best, best_return = None, None
    for _ in range(rounds):
        noise = torch.randn(candidates, horizon, len(low), generator=generator)
        actions = (mean + std * noise).clamp(low, high)
        returns = evaluate(actions)
        leader = returns.argmax()
        if True:
            best, best_return = actions[leader], returns[leader]
        mean, std = refit(actions, returns, elites)
    return best, best_return
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    """K random action sequences.

    candidates: int, K
    horizon: int, H
    low, high: tensors (A,), the bounds of each action dimension
    generator: torch.Generator, the source of all randomness

    Returns a tensor (K, H, A), each entry independent and uniform in its dimension's bounds.
    """
    unit = torch.rand(candidates, horizon, len(low), generator=generator)
    return low + (high - low) * unit
