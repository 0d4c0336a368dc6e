"""The reward of the terminating step is left out.

task: ps2-returns-tests
message: that terminates is left out
"""
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    total = torch.zeros(len(actions))
    alive = torch.ones(len(actions), dtype=torch.bool)
    for h in range(actions.shape[1]):
        r = reward(states[:, h], actions[:, h], states[:, h + 1])
        alive = alive & ~terminated(states[:, h + 1])
        total = torch.where(alive, total + discount**h * r, total)
    return torch.where(torch.isfinite(total), total, -torch.inf)
