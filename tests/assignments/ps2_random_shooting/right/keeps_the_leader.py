"""CEM that keeps the best so far, with torch.normal; returns backwards by recursion."""
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
        actions = torch.maximum(torch.minimum(torch.normal(mean.expand(candidates, -1, -1), std.expand(candidates, -1, -1), generator=generator), high), low)
        returns = evaluate(actions)
        leader = returns.argmax()
        if best is None or returns[leader] > best_return:
            best, best_return = actions[leader], returns[leader]
        mean, std = refit(actions, returns, elites)
    return best, best_return
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    total = torch.zeros(actions.shape[0], dtype=torch.float64)
    for h in reversed(range(actions.shape[1])):
        r = reward(states[:, h], actions[:, h], states[:, h + 1]).double()
        rest = torch.where(terminated(states[:, h + 1]), 0.0, discount * total)
        total = r + rest
    total[~torch.isfinite(total)] = -torch.inf
    return total
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        actions[0] = warm_start
    value, index = evaluate(actions).max(dim=0)
    return [actions[index], value.item()]
