"""A candidate with a NaN anywhere in its states is -inf, even if the NaN comes after its end.

task: ps2-returns-tests
message: looked for in the states
"""
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    K, H, _ = actions.shape
    total = torch.zeros(K)
    alive = torch.ones(K, dtype=torch.bool)
    nonsense = ~torch.isfinite(states).all(dim=2).all(dim=1)
    for h in range(H):
        r = reward(states[:, h], actions[:, h], states[:, h + 1])
        total = total + torch.where(alive, discount**h * r, torch.zeros(K))
        alive = alive & ~terminated(states[:, h + 1])
    nonsense = nonsense | ~torch.isfinite(total)
    return torch.where(nonsense, torch.full_like(total, -math.inf), total)
