"""A rollout by recursion over the horizon, expand by broadcasting; a fixed sort."""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    start = state + torch.zeros(len(actions), 1)

    def onwards(s, rest):
        return [s] if rest.shape[1] == 0 else [s, *onwards(dynamics(s, rest[:, 0]), rest[:, 1:])]

    return torch.stack(onwards(start, actions), 1)
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    actions = sample()
    if warm_start is not None:
        keep = torch.arange(len(actions))[:, None, None] > 0
        actions = torch.where(keep, actions, warm_start)
    returns = evaluate(actions)
    best = torch.sort(returns, descending=True, stable=True).indices[0]
    return actions[best], returns.amax()
# %% ps2-refit
def refit(actions, returns, elites):
    threshold = returns.sort(descending=True).values[elites - 1]
    best = actions[returns >= threshold][:elites]
    return best.mean(dim=0), torch.var(best, dim=0, unbiased=False) ** 0.5
