"""torch's uniform_ and masks; cumprod for the discount and for termination; argsort."""
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    columns = [
        torch.empty(horizon, candidates).uniform_(float(lo), float(hi), generator=generator)
        for lo, hi in zip(low, high)
    ]
    return torch.stack(columns, dim=-1).transpose(0, 1)
# %% ps2-rollout
def rollout(dynamics, state, actions):
    s = state.repeat(actions.shape[0], 1)
    out = [s.clone()]
    for h in range(actions.shape[1]):
        s.copy_(dynamics(s, actions[:, h]))
        out.append(s.clone())
    return torch.cat([o[:, None] for o in out], dim=1)
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    H = actions.shape[1]
    rewards = torch.stack(
        [reward(states[:, h], actions[:, h], states[:, h + 1]) for h in range(H)], dim=1
    )
    going = torch.stack([~terminated(states[:, h]) for h in range(1, H)], dim=1).cumprod(dim=1).bool() \
        if H > 1 else torch.ones(len(actions), 0, dtype=torch.bool)
    alive = torch.cat([torch.ones(len(actions), 1, dtype=torch.bool), going], dim=1)
    weights = torch.tensor([discount**h for h in range(H)])
    total = torch.einsum("kh,h->k", rewards.masked_fill(~alive, 0.0), weights)
    return total.nan_to_num(nan=-torch.inf, posinf=-torch.inf, neginf=-torch.inf)
# %% ps2-cem
def cem(
    evaluate, refit, low, high, horizon, candidates, elites, rounds, generator, warm_start=None
):
    mean = (low + high).mul(0.5).repeat(horizon, 1) if warm_start is None else warm_start.clone()
    std = (high - low).mul(0.5).repeat(horizon, 1)
    history = []
    for _ in range(rounds):
        actions = torch.stack(
            [mean + std * torch.randn(mean.shape, generator=generator) for _ in range(candidates)]
        )
        actions = torch.where(actions < low, low, torch.where(actions > high, high, actions))
        returns = evaluate(actions)
        history += list(zip(returns.tolist(), actions))
        mean, std = refit(actions, returns, elites)
    value, sequence = max(history, key=lambda pair: pair[0])
    return sequence, value
# %% ps2-refit
def refit(actions, returns, elites):
    best = actions[torch.argsort(returns, descending=True)][:elites]
    mean = best.mean(0)
    return mean, ((best**2).mean(0) - mean**2).clamp(min=0).sqrt()
