"""Only NaN becomes -inf: +inf is the best of all.

task: ps2-returns-tests
message: [+]inf is kept
"""
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    total = torch.zeros(len(actions))
    alive = torch.ones(len(actions), dtype=torch.bool)
    for h in range(actions.shape[1]):
        r = reward(states[:, h], actions[:, h], states[:, h + 1])
        total = torch.where(alive, total + discount**h * r, total)
        alive = alive & ~terminated(states[:, h + 1])
    return torch.where(torch.isnan(total), -torch.inf, total)
