"""The states are cleaned in place.

task: ps2-returns-tests
message: changed in place
"""
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    states[torch.isnan(states)] = 0
    total = torch.zeros(len(actions))
    states[:, 0] = 0.0 * states[:, 0] + 1e-9
    alive = torch.ones(len(actions), dtype=torch.bool)
    for h in range(actions.shape[1]):
        r = reward(states[:, h], actions[:, h], states[:, h + 1])
        total = torch.where(alive, total + discount**h * r, total)
        alive = alive & ~terminated(states[:, h + 1])
    return torch.where(torch.isfinite(total), total, -torch.inf)
