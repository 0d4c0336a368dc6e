"""The weights are a cumulative product divided by the discount, which is NaN for the discount 0.

task: ps2-returns-tests
message: divided by the discount
"""
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    K, H, _ = actions.shape
    total = torch.zeros(K)
    alive = torch.ones(K, dtype=torch.bool)
    weights = torch.full((H,), float(discount)).cumprod(0) / discount
    for h in range(H):
        r = reward(states[:, h], actions[:, h], states[:, h + 1])
        total = total + torch.where(alive, weights[h] * r, torch.zeros(K))
        alive = alive & ~terminated(states[:, h + 1])
    return torch.where(torch.isfinite(total), total, torch.full_like(total, -math.inf))
