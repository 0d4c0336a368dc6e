"""NaN rewards are set to 0 one by one.

task: ps2-returns-tests
message: broken rollout keeps a return
"""
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    total = torch.zeros(len(actions))
    alive = torch.ones(len(actions), dtype=torch.bool)
    for h in range(actions.shape[1]):
        r = reward(states[:, h], actions[:, h], states[:, h + 1]).nan_to_num(0, 0, 0)
        total = torch.where(alive, total + discount**h * r, total)
        alive = alive & ~terminated(states[:, h + 1])
    return torch.where(torch.isfinite(total), total, -torch.inf)
